using CsCheck;
using LuohuIOC.Benchmarks.Decode;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Frames;

/// <summary>Whatever is refused can be told why, and nothing is blamed that is in order.</summary>
public sealed class FrameDiagnosisTests
{
    [Theory]
    [InlineData("sl651")]
    [InlineData("hj212")]
    [InlineData("gb26875")]
    public void A_fault_has_a_finding_and_a_good_frame_none(string protocol)
    {
        var samples = SampleFrames.Of(protocol);
        foreach (var sample in samples) Assert.Equal(new FrameDigest().Take(protocol, sample) == FrameFault.None, Of(protocol, sample, isWhole: true) is null);
        var buffer = new ThreadLocal<byte[]>(() => new byte[8192]);
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int, Gen.Bool).Sample((sample, seed, seal) =>
        {
            var frame = FrameFuzz.Mutate(samples[sample], buffer.Value!, new Random(seed));
            if (seal) SampleFrames.Seal(protocol, frame);
            // Line ends behind a packet are nothing to the host.
            var bare = protocol == "hj212" ? ((ReadOnlySpan<byte>)frame).TrimEnd("\r\n"u8) : frame;
            var fault = new FrameDigest().Take(protocol, bare);
            var finding = Of(protocol, frame, isWhole: true);
            // Bytes behind a frame are the next one's to the host; a field that is too long has a reason of its own.
            if (fault is FrameFault.Oversize || (fault is FrameFault.Length && protocol != "hj212")) return;
            if (bare.Length < 2) return;
            // Of several packets the first alone does not tell what its body lacks.
            if (fault == FrameFault.Body && protocol == "sl651" && Sl651Frame.TryParse(bare, out var packet) == FrameFault.None && packet.IsPacket) return;
            // What a centre sends is a frame in order; only on a station's connection it has no business.
            if (finding?.Code == "sl651.down") return;
            Assert.True(fault == FrameFault.None == (finding is null), $"{protocol} {fault} {finding?.Code}: {Convert.ToHexString(frame)}");
        }, iter: 20_000);
    }

    /// <summary>Of a long frame its first bytes are kept: what is behind them is not blamed for being away.</summary>
    [Theory]
    [InlineData("sl651")]
    [InlineData("hj212")]
    [InlineData("gb26875")]
    public void The_beginning_of_a_good_frame_is_in_order(string protocol)
    {
        foreach (var sample in SampleFrames.Of(protocol))
            for (var length = 0; length < sample.Length; length++) Assert.Null(Of(protocol, sample.AsSpan(0, length), isWhole: false));
    }

    private static FrameFinding? Of(string protocol, ReadOnlySpan<byte> frame, bool isWhole) => protocol switch
    {
        "sl651" => Sl651Diagnosis.Of(frame, isWhole),
        "hj212" => Hj212Diagnosis.Of(frame, isWhole),
        _ => Gb26875Diagnosis.Of(frame, isWhole),
    };
}
