using System.Text;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>Makes broken payloads of good ones: what a bad line, a bad cable and a bad person would send.</summary>
internal sealed class TelemetryMutations(Random random)
{
    // Pieces that decoders stumble over.
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00\\ud800", "\\u0000", "null", "true", "NaN", "-", "-0", "1e400", "1e-400",
            "9223372036854775808", "-9223372036854775808", "9007199254740992", "0.1e1", "{}", "[]", "\"\"", "\"ts\":", "\"seq\":null,", "\"values\":{}", "[[[[[[[[", " ", "\r\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0xf0, 0x9f],
    ];

    private static readonly byte[][] Seeds =
        [.. GoldenVectors.Valid.Cases.Concat(GoldenVectors.Invalid.Cases).Select(c => c.Bytes()).Where(b => b.Length is > 0 and < 2048)];

    private byte[] _payload = new byte[16 * 1024];
    private int _length;

    /// <summary>A vector with one to four mutations. The span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var seed = Seeds[random.Next(Seeds.Length)];
        seed.CopyTo(_payload, 0);
        _length = seed.Length;
        for (var i = random.Next(1, 5); i > 0; i--) Mutate();
        return _payload.AsSpan(0, _length);
    }

    private void Mutate()
    {
        var at = random.Next(_length + 1);
        var some = random.Next(Math.Min(_length - at, 64) + 1);
        switch (random.Next(8))
        {
            case 0 when at < _length:
                _payload[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < _length:
                _payload[at] = (byte)random.Next(256);
                break;
            case 2:
                _length = at;
                break;
            case 3:
                Replace(at, some, default);
                break;
            case 4:
                Replace(at, 0, Pieces[random.Next(Pieces.Length)]);
                break;
            case 5:
                Replace(at, Math.Min(some, 4), Pieces[random.Next(Pieces.Length)]);
                break;
            case 6:
                Replace(at, 0, _payload.AsSpan(at, some).ToArray());
                break;
            default:
                var other = Seeds[random.Next(Seeds.Length)];
                Replace(at, _length - at, other.AsSpan(random.Next(other.Length)));
                break;
        }
    }

    private void Replace(int at, int removed, ReadOnlySpan<byte> added)
    {
        var length = _length - removed + added.Length;
        if (length > _payload.Length) Array.Resize(ref _payload, length * 2);
        _payload.AsSpan(at + removed, _length - at - removed).CopyTo(_payload.AsSpan(at + added.Length));
        added.CopyTo(_payload.AsSpan(at));
        _length = length;
    }
}
