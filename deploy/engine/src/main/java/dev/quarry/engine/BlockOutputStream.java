package dev.quarry.engine;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Factory;

/** Writes ClickHouse's compressed blocks; see {@link BlockInputStream}. */
final class BlockOutputStream extends OutputStream {
    /** ClickHouse's own block size. */
    private static final int BLOCK_BYTES = 1 << 20;

    private static final int PREFIX = BlockInputStream.CHECKSUM_BYTES + BlockInputStream.HEADER_BYTES;

    private final OutputStream out;
    private final Method method;
    private byte[] block = new byte[1 << 12];
    private int size;

    BlockOutputStream(OutputStream out, Method method) {
        this.out = out;
        this.method = method;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        int taken = 0;
        while (taken < length) {
            int count = Math.min(length - taken, BLOCK_BYTES - size);
            if (size + count > block.length) {
                block = Arrays.copyOf(block, Math.min(BLOCK_BYTES, Math.max(block.length * 2, size + count)));
            }
            System.arraycopy(source, offset + taken, block, size, count);
            size += count;
            taken += count;
            if (size == BLOCK_BYTES) {
                writeBlock();
            }
        }
    }

    private void writeBlock() throws IOException {
        byte[] target = new byte[PREFIX + method.bound(size)];
        int compressed = method.compress(block, size, target);
        ByteBuffer.wrap(target)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(BlockInputStream.CHECKSUM_BYTES, (byte) method.code)
                .putInt(BlockInputStream.CHECKSUM_BYTES + 1, compressed + BlockInputStream.HEADER_BYTES)
                .putInt(BlockInputStream.CHECKSUM_BYTES + 5, size);
        long[] checksum = BlockInputStream.checksum(
                target, BlockInputStream.CHECKSUM_BYTES, compressed + BlockInputStream.HEADER_BYTES);
        ByteBuffer.wrap(target)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, checksum[0])
                .putLong(Long.BYTES, checksum[1]);
        out.write(target, 0, PREFIX + compressed);
        size = 0;
    }

    @Override
    public void close() throws IOException {
        if (size > 0) {
            writeBlock();
        }
        out.close();
    }

    /** The compression method of a block: the setting {@code network_compression_method}. */
    enum Method {
        LZ4(BlockInputStream.LZ4) {
            @Override
            int bound(int size) {
                return LZ4Factory.fastestInstance().fastCompressor().maxCompressedLength(size);
            }

            @Override
            int compress(byte[] source, int size, byte[] target) {
                return LZ4Factory.fastestInstance().fastCompressor().compress(source, 0, size, target, PREFIX);
            }
        },
        ZSTD(BlockInputStream.ZSTD) {
            @Override
            int bound(int size) {
                return (int) Zstd.compressBound(size);
            }

            @Override
            int compress(byte[] source, int size, byte[] target) {
                return (int) Zstd.compressByteArray(target, PREFIX, target.length - PREFIX, source, 0, size, 1);
            }
        };

        private final int code;

        Method(int code) {
            this.code = code;
        }

        abstract int bound(int size);

        /** Writes the compressed bytes after the space for the block's prefix, and returns their count. */
        abstract int compress(byte[] source, int size, byte[] target);
    }
}
