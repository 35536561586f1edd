using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LuohuIOC.History.Influx;

/// <summary>
/// Writes InfluxDB's line protocol into a buffer that it keeps:
/// <c>pipe,sensor=p-1 level=1.25,Quality=0i,Seq=7i 1732233600000000008</c>. Times are Unix nanoseconds, the one precision that
/// every version takes without being told. A line is begun by <see cref="Measurement"/> and ended by <see cref="Time"/>.
/// </summary>
internal sealed class LineWriter
{
    private byte[] _bytes = new byte[4096];
    private bool _hasField;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <exception cref="ArgumentException">The name cannot be said in line protocol.</exception>
    public void Measurement(string name)
    {
        _hasField = false;
        Escaped(name, ", ");
    }

    /// <exception cref="ArgumentException">Key or value cannot be said in line protocol.</exception>
    public void Tag(string key, string value)
    {
        Byte((byte)',');
        Escaped(key, ",= ");
        Byte((byte)'=');
        Escaped(value, ",= ");
    }

    /// <summary>Not a number and infinities cannot be said in line protocol: they are left out.</summary>
    public void Field(string key, double value)
    {
        if (!double.IsFinite(value)) return;
        Key(key);
        Double(value);
    }

    public void Field(string key, long value)
    {
        Key(key);
        Integer(value);
        Byte((byte)'i');
    }

    public void Field(string key, bool value)
    {
        Key(key);
        Byte(value ? (byte)'t' : (byte)'f');
    }

    public void Field(string key, string value)
    {
        Key(key);
        Byte((byte)'"');
        Escaped(value, "\"\\", isName: false);
        Byte((byte)'"');
    }

    /// <summary>Ends the line.</summary>
    public void Time(long unixNs)
    {
        Byte((byte)' ');
        Integer(unixNs);
        Byte((byte)'\n');
    }

    /// <summary>Line protocol written before, for example a series that comes again and again.</summary>
    public void Raw(ReadOnlySpan<byte> protocol)
    {
        Reserve(protocol.Length);
        protocol.CopyTo(_bytes.AsSpan(Length));
        Length += protocol.Length;
    }

    /// <summary>Begins a line with a measurement and its tags, written before.</summary>
    public void Series(ReadOnlySpan<byte> protocol)
    {
        _hasField = false;
        Raw(protocol);
    }

    /// <summary>A field whose <c>key=</c> was written before.</summary>
    public void Field(ReadOnlySpan<byte> keyProtocol, double value)
    {
        if (!double.IsFinite(value)) return;
        Separate();
        Raw(keyProtocol);
        Double(value);
    }

    /// <inheritdoc cref="Field(ReadOnlySpan{byte}, double)"/>
    public void Field(ReadOnlySpan<byte> keyProtocol, long value)
    {
        Separate();
        Raw(keyProtocol);
        Integer(value);
        Byte((byte)'i');
    }

    private void Key(string key)
    {
        Separate();
        Escaped(key, ",= ");
        Byte((byte)'=');
    }

    private void Separate()
    {
        Byte(_hasField ? (byte)',' : (byte)' ');
        _hasField = true;
    }

    /// <summary>
    /// A backslash stands for itself unless a special character follows, so a name that ends in one would swallow what
    /// follows; and a line break would end the line. <c>a b</c> → <c>a\ b</c>, <c>a\b</c> → <c>a\b</c>
    /// </summary>
    private void Escaped(string text, string special, bool isName = true)
    {
        if (isName && (text.Length == 0 || text[^1] == '\\' || text[0] == '#' || text.AsSpan().IndexOfAny('\n', '\r') >= 0))
            throw new ArgumentException($"'{text}' cannot be a name in line protocol.", nameof(text));
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length) + text.Length);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var plain = rest.IndexOfAny(special);
            if (plain < 0) plain = rest.Length;
            Length += Encoding.UTF8.GetBytes(rest[..plain], _bytes.AsSpan(Length));
            rest = rest[plain..];
            if (rest.Length == 0) break;
            _bytes[Length++] = (byte)'\\';
            _bytes[Length++] = (byte)rest[0];
            rest = rest[1..];
        }
    }

    /// <summary>The shortest digits that read back as the same number.</summary>
    private void Double(double value)
    {
        Reserve(32);
        value.TryFormat(_bytes.AsSpan(Length), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    private void Integer(long value)
    {
        Reserve(32);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    private void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
    }
}
