using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>
/// Goes through CBOR (RFC 8949) as far as SenML needs it: integers, floats of all three widths, decimal fractions (tag 4), booleans, texts and
/// byte strings of definite length, arrays and maps of either. False from any method: the bytes are something else or end too early.
/// </summary>
internal ref struct CborCursor(ReadOnlySpan<byte> bytes)
{
    public const int Array = 4;
    public const int Map = 5;

    private const int Unsigned = 0, Negative = 1, ByteString = 2, TextString = 3, Tag = 6, Simple = 7;
    private const int Indefinite = 31;
    private const int DepthMax = 16;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEnd => _rest.IsEmpty;

    /// <summary>The next item is a text, such as a label that is no number.</summary>
    public readonly bool IsText => !_rest.IsEmpty && _rest[0] >> 5 == TextString;

    /// <summary>Begins an array or map; the count is −1 when its end is marked instead (<see cref="TakeBreak"/>).</summary>
    public bool TryBegin(int major, out long count)
    {
        count = 0;
        if (!TryHead(out var found, out var info, out var argument) || found != major) return false;
        count = info == Indefinite ? -1 : (long)Math.Min(argument, long.MaxValue);
        return true;
    }

    /// <summary>Takes the mark that ends an array or map of no stated length, if it is here.</summary>
    public bool TakeBreak()
    {
        if (_rest.IsEmpty || _rest[0] != 0xFF) return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>20 >> −1; FB 405E066666666666 >> 120.1; C4 82 20 19 04B1 >> 120.1</summary>
    public bool TryNumber(out double value) => TryNumber(out value, mayBeInfinite: false);

    /// <summary>The same, where NaN and infinity are told from what is no number.</summary>
    public bool TryNumber(out double value, bool mayBeInfinite)
    {
        value = 0;
        if (!TryHead(out var major, out var info, out var argument) || info == Indefinite) return false;
        switch (major)
        {
            case Unsigned:
                value = argument;
                return true;
            case Negative:
                value = -1.0 - argument;
                return true;
            case Tag when argument == 4:
                if (!TryBegin(Array, out var two) || two != 2 || !TryInteger(out var exponent) || !TryInteger(out var mantissa)) return false;
                // Divided rather than multiplied by a fraction, so that 1201 and −1 make the double that 120.1 is.
                value = exponent < 0 ? mantissa / Math.Pow(10, -exponent) : mantissa * Math.Pow(10, exponent);
                return mayBeInfinite || double.IsFinite(value);
            case Simple when info is 25:
                value = (double)BitConverter.UInt16BitsToHalf((ushort)argument);
                return mayBeInfinite || double.IsFinite(value);
            case Simple when info is 26:
                value = BitConverter.UInt32BitsToSingle((uint)argument);
                return mayBeInfinite || double.IsFinite(value);
            case Simple when info is 27:
                value = BitConverter.UInt64BitsToDouble(argument);
                return mayBeInfinite || double.IsFinite(value);
            default:
                return false;
        }
    }

    /// <summary>A whole number, such as a label.</summary>
    public bool TryInteger(out double value)
    {
        value = 0;
        return !_rest.IsEmpty && _rest[0] >> 5 <= Negative && TryNumber(out value);
    }

    public bool TryBoolean(out bool value)
    {
        value = false;
        if (_rest.IsEmpty || _rest[0] is not (0xF4 or 0xF5)) return false;
        value = _rest[0] == 0xF5;
        _rest = _rest[1..];
        return true;
    }

    public bool TryText(out string? text)
    {
        text = TryString(TextString, out var bytes) && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        return text is not null;
    }

    public bool TryBytes() => TryString(ByteString, out _);

    /// <summary>Passes one item over with all that is in it.</summary>
    public bool TrySkip() => TrySkip(0);

    private bool TrySkip(int depth)
    {
        if (depth > DepthMax || !TryHead(out var major, out var info, out var argument)) return false;
        switch (major)
        {
            case Unsigned or Negative or Simple:
                return info != Indefinite;
            case ByteString or TextString:
                if (info == Indefinite || argument > (ulong)_rest.Length) return false;
                _rest = _rest[(int)argument..];
                return true;
            case Tag:
                return info != Indefinite && TrySkip(depth + 1);
            default:
                var inEach = major == Map ? 2 : 1;
                if (info == Indefinite)
                {
                    while (!TakeBreak())
                        for (var i = 0; i < inEach; i++)
                            if (!TrySkip(depth + 1)) return false;
                    return true;
                }
                // Every item is a byte at least, so that a hostile count ends with the bytes.
                for (ulong i = 0; i < argument; i++)
                    for (var j = 0; j < inEach; j++)
                        if (!TrySkip(depth + 1)) return false;
                return true;
        }
    }

    private bool TryString(int major, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryHead(out var found, out var info, out var length) || found != major || info == Indefinite || length > (ulong)_rest.Length) return false;
        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    // Three bits of major type, five of information: the argument itself, or in how many bytes it follows.
    private bool TryHead(out int major, out int info, out ulong argument)
    {
        (major, info, argument) = (0, 0, 0);
        if (_rest.IsEmpty) return false;
        (major, info) = (_rest[0] >> 5, _rest[0] & 31);
        var width = info switch { < 24 or Indefinite => 0, 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => -1 };
        if (width < 0 || _rest.Length < 1 + width) return false;
        argument = width switch
        {
            0 => (ulong)info,
            1 => _rest[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]),
            4 => BinaryPrimitives.ReadUInt32BigEndian(_rest[1..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(_rest[1..]),
        };
        _rest = _rest[(1 + width)..];
        return true;
    }
}
