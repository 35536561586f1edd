using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>
/// <c>fuzz [frames]</c>: golden frames with bytes flipped, replaced, cut out, doubled and put in, half of them sealed with the right
/// length and check value, through the decoders and every sixteenth through the JSON writers. No exception, and none may take long:
/// those that took longest are decoded again by themselves, which tells a slow frame from a pause of the machine.
/// </summary>
internal static class FrameFuzz
{
    private const int FrameBytesMax = 8192;

    public static int Run(long frames, ulong seed)
    {
        Console.WriteLine($"seed {seed}");
        var random = new Random((int)(seed & int.MaxValue));
        foreach (var protocol in (string[])["sl651", "hj212", "gb26875"])
        {
            var samples = SampleFrames.Of(protocol);
            var buffer = new byte[FrameBytesMax];
            var (accepted, longest, digest, slowest) = (0L, TimeSpan.Zero, new FrameDigest(), new SlowestFrames());
            using var json = new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { SkipValidation = true });
            var clock = Stopwatch.StartNew();
            for (long i = 0; i < frames / 3; i++)
            {
                var frame = Mutate(samples[random.Next(samples.Length)], buffer, random);
                if ((i & 1) == 0) SampleFrames.Seal(protocol, frame);
                var from = Stopwatch.GetTimestamp();
                try
                {
                    if (digest.Take(protocol, frame) == 0) accepted++;
                    if ((i & 15) == 0) Render(protocol, frame, json);
                }
                catch (Exception e)
                {
                    Console.WriteLine($"{protocol}: {e.Message} at {Convert.ToHexString(frame)}");
                    throw;
                }
                var took = Stopwatch.GetElapsedTime(from);
                if (took > longest) longest = took;
                if (took > slowest.Least) slowest.Keep(frame, took);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{protocol}: {frames / 3:N0} frames in {clock.Elapsed.TotalSeconds:0.0} s, {accepted:N0} without a fault, {digest.Values:N0} values, longest {longest.TotalMilliseconds:0.0} ms"));
            foreach (var line in slowest.Again(protocol, frame => Decode(protocol, frame))) Console.WriteLine(line);
        }
        return 0;
    }

    /// <summary>A copy of the sample with one to eight changes.</summary>
    public static Span<byte> Mutate(ReadOnlySpan<byte> sample, byte[] buffer, Random random)
    {
        sample.CopyTo(buffer);
        var length = sample.Length;
        for (var changes = random.Next(1, 9); changes > 0 && length > 0; changes--)
        {
            var at = random.Next(length);
            var span = Math.Min(random.Next(1, 17), length - at);
            switch (random.Next(6))
            {
                case 0:
                    buffer[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    buffer[at] = (byte)random.Next(256);
                    break;
                case 2:
                    buffer.AsSpan(at + span, length - at - span).CopyTo(buffer.AsSpan(at));
                    length -= span;
                    break;
                case 3 when length + span <= buffer.Length:
                    buffer.AsSpan(at, length - at).CopyTo(buffer.AsSpan(at + span));
                    length += span;
                    break;
                case 4:
                    buffer.AsSpan(at, span).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                    break;
                default:
                    length = at + 1;
                    break;
            }
        }
        return buffer.AsSpan(0, length);
    }

    private static void Decode(string protocol, ReadOnlySpan<byte> frame)
    {
        var digest = new FrameDigest();
        digest.Take(protocol, frame);
        using var json = new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { SkipValidation = true });
        Render(protocol, frame, json);
    }

    private static void Render(string protocol, ReadOnlySpan<byte> frame, Utf8JsonWriter json)
    {
        json.Reset();
        json.WriteStartObject();
        _ = protocol switch
        {
            "sl651" => Sl651Json.Write(frame, json),
            "hj212" => Hj212Json.Write(frame, json),
            _ => Gb26875Json.Write(frame, json),
        };
    }
}
