package dev.quarry.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/**
 * The messages of a stream in <a href="https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format">Arrow's
 * IPC format</a>: one with the schema, any number with rows, and the end. Arrow's own library writes them too, but keeps
 * columns outside the heap.
 */
public final class ArrowStream {
    public static final String MEDIA_TYPE = "application/vnd.apache.arrow.stream";

    /** Begins each message. */
    private static final int CONTINUATION = -1;

    private static final int PREFIX_BYTES = 8;
    /** All parts of a message begin at a multiple of so many bytes. */
    private static final int ALIGNMENT = 8;

    /** FlatBuffers writes no reference to what has this place. */
    private static final int NONE = 0;

    private ArrowStream() {}

    public static byte[] schema(List<ArrowField> fields) {
        FlatBufferBuilder metadata = new FlatBufferBuilder();
        int[] described =
                fields.stream().mapToInt(field -> describe(field, metadata)).toArray();
        int schema = Schema.createSchema(
                metadata, Endianness.Little, Schema.createFieldsVector(metadata, described), NONE, NONE);
        return message(metadata, MessageHeader.Schema, schema, List.of());
    }

    private static int describe(ArrowField field, FlatBufferBuilder metadata) {
        int name = metadata.createString(field.name());
        int type = field.type().describe(metadata);
        // Readers expect the list of inner fields, although it is empty.
        int children = Field.createChildrenVector(metadata, new int[0]);
        return Field.createField(metadata, name, true, field.type().kind(), type, NONE, children, NONE);
    }

    /**
     * Some rows.
     *
     * @param columns the values of each field, as its {@link ArrowType} says, or null; lists of equal lengths
     */
    public static byte[] batch(List<ArrowField> fields, List<List<Object>> columns) {
        List<byte[]> body = new ArrayList<>();
        for (int place = 0; place < fields.size(); place++) {
            body.addAll(fields.get(place).type().buffers(columns.get(place)));
        }
        FlatBufferBuilder metadata = new FlatBufferBuilder();
        int buffers = buffers(body, metadata);
        int nodes = nodes(columns, metadata);
        RecordBatch.startRecordBatch(metadata);
        RecordBatch.addLength(metadata, columns.getFirst().size());
        RecordBatch.addNodes(metadata, nodes);
        RecordBatch.addBuffers(metadata, buffers);
        return message(metadata, MessageHeader.RecordBatch, RecordBatch.endRecordBatch(metadata), body);
    }

    public static byte[] end() {
        byte[] end = new byte[PREFIX_BYTES];
        littleEndian(end).putInt(CONTINUATION);
        return end;
    }

    /** Where each buffer lies in the body. FlatBuffers are written from their end. */
    private static int buffers(List<byte[]> body, FlatBufferBuilder metadata) {
        RecordBatch.startBuffersVector(metadata, body.size());
        int place = length(body);
        for (byte[] buffer : body.reversed()) {
            place -= aligned(buffer.length);
            Buffer.createBuffer(metadata, place, buffer.length);
        }
        return metadata.endVector();
    }

    /** How many values and nulls each column has. */
    private static int nodes(List<List<Object>> columns, FlatBufferBuilder metadata) {
        RecordBatch.startNodesVector(metadata, columns.size());
        for (List<Object> column : columns.reversed()) {
            FieldNode.createFieldNode(
                    metadata,
                    column.size(),
                    column.stream().filter(Objects::isNull).count());
        }
        return metadata.endVector();
    }

    private static byte[] message(FlatBufferBuilder metadata, byte kind, int header, List<byte[]> body) {
        Message.finishMessageBuffer(
                metadata, Message.createMessage(metadata, MetadataVersion.V5, kind, header, length(body), NONE));
        byte[] head = metadata.sizedByteArray();
        byte[] message = new byte[PREFIX_BYTES + aligned(head.length) + length(body)];
        ByteBuffer to = littleEndian(message);
        to.putInt(CONTINUATION).putInt(aligned(head.length));
        put(to, head);
        body.forEach(buffer -> put(to, buffer));
        return message;
    }

    private static void put(ByteBuffer to, byte[] part) {
        to.put(part);
        to.position(aligned(to.position()));
    }

    private static int length(List<byte[]> body) {
        return body.stream().mapToInt(buffer -> aligned(buffer.length)).sum();
    }

    private static int aligned(int bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
