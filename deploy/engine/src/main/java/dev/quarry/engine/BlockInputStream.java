package dev.quarry.engine;

import com.clickhouse.data.ClickHouseCityHash;
import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Factory;

/** Reads ClickHouse's compressed blocks: checksum, method, two sizes, data. */
final class BlockInputStream extends InputStream {
    static final int CHECKSUM_BYTES = 16;
    /** Method and the two sizes. */
    static final int HEADER_BYTES = 9;

    static final int LZ4 = 0x82;
    static final int ZSTD = 0x90;
    static final int NONE = 0x02;

    /** Clients write blocks of about 1 MB. */
    private static final int MAX_BLOCK_BYTES = 1 << 27;

    private final InputStream in;
    private byte[] block = {};
    private int position;

    BlockInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return nextBlock() ? Byte.toUnsignedInt(block[position++]) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!nextBlock()) {
            return -1;
        }
        int count = Math.min(length, block.length - position);
        System.arraycopy(block, position, target, offset, count);
        position += count;
        return count;
    }

    /** {@return false at the end of the data} */
    private boolean nextBlock() throws IOException {
        while (position == block.length) {
            byte[] head = in.readNBytes(CHECKSUM_BYTES + HEADER_BYTES);
            if (head.length == 0) {
                return false;
            }
            if (head.length < CHECKSUM_BYTES + HEADER_BYTES) {
                throw broken("the data ends inside a block's header");
            }
            block = block(head);
            position = 0;
        }
        return true;
    }

    private byte[] block(byte[] prefix) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
        long low = head.getLong();
        long high = head.getLong();
        int method = Byte.toUnsignedInt(head.get());
        int compressedSize = head.getInt();
        int size = head.getInt();
        if (compressedSize < HEADER_BYTES || compressedSize > MAX_BLOCK_BYTES || size < 0 || size > MAX_BLOCK_BYTES) {
            throw broken("a block's size is invalid: is the data compressed?");
        }
        byte[] data = new byte[compressedSize];
        System.arraycopy(prefix, CHECKSUM_BYTES, data, 0, HEADER_BYTES);
        if (in.readNBytes(data, HEADER_BYTES, compressedSize - HEADER_BYTES) < compressedSize - HEADER_BYTES) {
            throw broken("the data ends inside a block");
        }
        long[] checksum = checksum(data, 0, compressedSize);
        if (checksum[0] != low || checksum[1] != high) {
            throw broken("a block's checksum does not match");
        }
        return decompressed(method, data, size);
    }

    /** {@return the lower and the upper half of CityHash128, in ClickHouse's version} */
    @SuppressWarnings("deprecation") // The client's replacement is internal.
    static long[] checksum(byte[] bytes, int offset, int length) {
        return ClickHouseCityHash.cityHash128(bytes, offset, length);
    }

    private static byte[] decompressed(int method, byte[] data, int size) {
        byte[] target = new byte[size];
        int length = data.length - HEADER_BYTES;
        try {
            int written = switch (method) {
                case LZ4 ->
                    LZ4Factory.fastestInstance()
                            .safeDecompressor()
                            .decompress(data, HEADER_BYTES, length, target, 0, size);
                case ZSTD -> (int) Zstd.decompressByteArray(target, 0, size, data, HEADER_BYTES, length);
                case NONE -> {
                    System.arraycopy(data, HEADER_BYTES, target, 0, Math.min(length, size));
                    yield length;
                }
                default ->
                    throw new EngineException(
                            ErrorCode.UNKNOWN_COMPRESSION_METHOD,
                            "Unknown compression method 0x" + Integer.toHexString(method));
            };
            if (written != size) {
                throw broken("a block does not have the size in its header");
            }
            return target;
        } catch (net.jpountz.lz4.LZ4Exception | com.github.luben.zstd.ZstdException corrupt) {
            throw broken(corrupt.getMessage());
        }
    }

    private static EngineException broken(String why) {
        return new EngineException(ErrorCode.CANNOT_DECOMPRESS, "Cannot decompress: " + why);
    }
}
