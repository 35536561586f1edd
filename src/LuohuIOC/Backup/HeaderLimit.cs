using System.Buffers.Binary;

namespace LuohuIOC.Backup;

/// <summary>
/// A tape of tar as it is read, which ends with a fault at an extended header larger than any that this program writes: a reader of tar holds such a header
/// whole, and a small compressed file can unpack to one that takes all memory. Every block that has the form of such a header counts, also one within a file's
/// bytes: where a file ends is said by headers too, and two readers may differ about it.
/// </summary>
/// <param name="tape">Blocks of 512 bytes; not disposed here.</param>
/// <param name="archive">The archive's name, for the fault.</param>
internal sealed class HeaderLimit(Stream tape, string archive) : Stream
{
    /// <summary>Ours have a path and a time.</summary>
    public const long BytesMax = 64 << 10;

    private const int BlockBytes = 512;
    private const int SizeAt = 124;
    private const int ChecksumAt = 148;
    private const int TypeAt = 156;

    private readonly byte[] _block = new byte[BlockBytes];
    private int _filled;

    public override bool CanRead => true;

    // A reader that could seek would pass over blocks.
    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => Look(buffer, tape.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await tape.ReadAsync(buffer, cancellationToken);
        return Look(buffer.Span, read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Look(Span<byte> buffer, int read)
    {
        for (var rest = (ReadOnlySpan<byte>)buffer[..read]; rest.Length > 0;)
        {
            var part = rest[..Math.Min(rest.Length, BlockBytes - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            rest = rest[part.Length..];
            _filled = (_filled + part.Length) % BlockBytes;
            if (_filled == 0 && _block[TypeAt] is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K' && SizeOf(_block) > BytesMax && IsHeader(_block))
                throw new BackupFaultException("header", archive);
        }
        return read;
    }

    /// <summary>Octal digits, <c>00000000200\0</c>, or a number in two's complement whose first bit is set; -1 for neither.</summary>
    private static long SizeOf(ReadOnlySpan<byte> block)
    {
        var field = block.Slice(SizeAt, 12);
        if ((field[0] & 0x80) != 0) return field[..4].IndexOfAnyExcept((byte)0x80, (byte)0) >= 0 ? long.MaxValue : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(field[4..]), long.MaxValue);
        var size = 0L;
        foreach (var digit in field.Trim((byte)' '))
        {
            if (digit is 0 or (byte)' ') break;
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            size = size * 8 + digit - '0';
        }
        return size;
    }

    // The sum of its bytes, those of the sum taken as spaces.
    private static bool IsHeader(ReadOnlySpan<byte> block)
    {
        var (sum, told) = (0, 0);
        for (var i = 0; i < BlockBytes; i++) sum += i is >= ChecksumAt and < ChecksumAt + 8 ? ' ' : block[i];
        foreach (var digit in block.Slice(ChecksumAt, 8)) if (digit is >= (byte)'0' and <= (byte)'7') told = told * 8 + digit - '0';
        return sum == told;
    }
}
