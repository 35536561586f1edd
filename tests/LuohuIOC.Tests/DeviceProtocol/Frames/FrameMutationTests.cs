using CsCheck;
using LuohuIOC.Benchmarks.Decode;
using LuohuIOC.DeviceProtocol.Frames;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Frames;

/// <summary>Broken frames never throw: what is wrong with them is a value. The benchmarks' <c>fuzz</c> does the same ten million times.</summary>
public sealed class FrameMutationTests
{
    [Theory]
    [InlineData("sl651")]
    [InlineData("hj212")]
    [InlineData("gb26875")]
    public void Mutated_frames_are_decoded_or_refused(string protocol)
    {
        var samples = SampleFrames.Of(protocol);
        var buffer = new ThreadLocal<byte[]>(() => new byte[8192]);
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int, Gen.Bool).Sample((sample, seed, seal) =>
        {
            var frame = FrameFuzz.Mutate(samples[sample], buffer.Value!, new Random(seed));
            if (seal) SampleFrames.Seal(protocol, frame);
            var digest = new FrameDigest();
            Assert.InRange(digest.Take(protocol, frame), FrameFault.None, FrameFault.Oversize);
        }, iter: 50_000);
    }

    [Theory]
    [InlineData("sl651")]
    [InlineData("hj212")]
    [InlineData("gb26875")]
    public void Every_beginning_of_a_frame_is_refused(string protocol)
    {
        foreach (var sample in SampleFrames.Of(protocol))
        {
            // An HJ 212 packet may have lost its CRLF on the way.
            var whole = protocol == "hj212" ? sample.Length - 2 : sample.Length;
            for (var length = 0; length < whole; length++)
            {
                var digest = new FrameDigest();
                Assert.NotEqual(FrameFault.None, digest.Take(protocol, sample.AsSpan(0, length)));
            }
        }
    }

    [Theory]
    [InlineData("sl651")]
    [InlineData("gb26875")]
    public void Every_flipped_bit_is_noticed(string protocol)
    {
        var sample = SampleFrames.Of(protocol)[1];
        for (var bit = 0; bit < 8 * sample.Length; bit++)
        {
            var frame = sample.ToArray();
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            var digest = new FrameDigest();
            Assert.NotEqual(FrameFault.None, digest.Take(protocol, frame));
        }
    }
}
