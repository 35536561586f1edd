using System.Buffers;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Stations;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class StationFramingTests
{
    private static readonly long Now = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Fact]
    public void A_fire_behind_a_frame_whose_length_was_damaged_is_taken_at_once()
    {
        byte[] damaged = Fire(), fire = Fire();
        (damaged[24], damaged[25]) = (0xFF, 0x03);
        Assert.Equal(["frame_truncated 78", "frame 78"], Cut(new Gb26875Talk(), [.. damaged, .. fire]));
        Assert.Equal(["frame_truncated 78", "frame 78", "frame 78", "frame 78"], Cut(new Gb26875Talk(), [.. damaged, .. fire, .. fire, .. fire]));
    }

    [Fact]
    public void A_resend_behind_a_report_whose_length_was_damaged_is_taken_at_once()
    {
        byte[] damaged = Report(), report = Report();
        damaged[11] = 0x0F;
        Assert.Equal(["frame_truncated 25", "frame 25", "frame 25"], Cut(new Sl651Talk(new StationOptions(), TimeProvider.System), [.. damaged, .. report, .. report]));
    }

    [Theory]
    [InlineData("7E")]
    [InlineData("7E7E7E")]
    public void A_start_mark_too_many_costs_no_report(string stray) =>
        Assert.Equal("frame 25", Cut(new Sl651Talk(new StationOptions(), TimeProvider.System), [.. Convert.FromHexString(stray), .. Report()])[^1]);

    [Fact]
    public void A_damaged_report_that_ends_as_the_next_one_begins_costs_no_report()
    {
        var damaged = Report();
        damaged[^1] = 0x7E;
        var cuts = Cut(new Sl651Talk(new StationOptions(), TimeProvider.System), [.. damaged, .. Report()]);
        Assert.Equal(("damaged 25", "frame 25"), (cuts[0], cuts[^1]));
    }

    [Fact]
    public void A_frame_within_a_longer_one_is_not_cut_out_when_the_longer_one_is_whole()
    {
        byte[] inner = Report(), outer = Sl651(Sl651Function.Picture, [0, 7, 0x23, 9, 7, 0x18, 0, 0, .. "F3F3"u8, .. inner]);
        Assert.Equal([$"frame {outer.Length}"], Cut(new Sl651Talk(new StationOptions(), TimeProvider.System), outer));
        // Eight bits of sum alone make no frame of the fire alarm's.
        var fire = Fire();
        fire[26] = 9;
        fire[^3] += 7;
        byte[] damaged = [.. Fire()[..24], 0xFF, 0x03];
        Assert.Empty(Cut(new Gb26875Talk(), [.. damaged, .. fire]));
    }

    [Fact]
    public void Each_start_is_checked_once_however_slowly_the_bytes_come()
    {
        // Twenty starts, each of a frame of 37 bytes that is none, behind one that claims 4 KB.
        byte[] first = [0x7E, 0x7E, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x0F, 0xFF], start = [.. first[..11], 0, 20];
        byte[] bytes = [.. first, .. Enumerable.Repeat(start, 20).SelectMany(b => b)];
        var talk = new CountingTalk();
        var framing = new StationFraming(talk);
        for (var count = 1; count <= bytes.Length; count++)
        {
            var rest = new ReadOnlySequence<byte>(bytes[..count]);
            Assert.False(framing.TryCut(ref rest, out _));
        }
        Assert.Equal(18, talk.Checks);
    }

    private static List<string> Cut(IStationTalk talk, byte[] bytes)
    {
        var cuts = new List<string>();
        var framing = new StationFraming(talk);
        var rest = new ReadOnlySequence<byte>(bytes);
        while (framing.TryCut(ref rest, out var cut))
        {
            var name = cut.Noise != RejectionReason.None ? cut.Noise.WireName() : cut.Message?.Address.Length > 0 ? "frame" : "damaged";
            cuts.Add($"{name} {cut.Bytes.Length}");
        }
        return cuts;
    }

    private static byte[] Fire()
    {
        var unit = new byte[48];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, 0x11, Gb26875State.Fire, "", Now);
        var frame = new byte[128];
        return frame[..Gb26875Writer.Frame(frame, 5, 1, Now, 10, 11, Gb26875Command.Send, unit)];
    }

    private static byte[] Report() => Sl651(Sl651Function.Timed, [0, 7, 0x23, 9, 7, 0x18, 0, 0]);

    private static byte[] Sl651(byte function, byte[] body)
    {
        var frame = new byte[256];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, function, false, body, Sl651Mark.Etx)];
    }

    private sealed class CountingTalk : IStationTalk
    {
        private readonly Sl651Talk _talk = new(new StationOptions(), TimeProvider.System);

        public int Checks { get; private set; }

        public PayloadForm Form => _talk.Form;

        public int FrameBytesMax => _talk.FrameBytesMax;

        public int LengthOf(ReadOnlySpan<byte> bytes) => _talk.LengthOf(bytes);

        public int ClaimOf(ReadOnlySpan<byte> bytes) => _talk.ClaimOf(bytes);

        public bool IsWhole(ReadOnlySpan<byte> frame)
        {
            Checks++;
            return _talk.IsWhole(frame);
        }

        public StationMessage Take(ReadOnlySpan<byte> frame) => _talk.Take(frame);

        public byte[]? Answer(ReadOnlySpan<byte> frame, bool accepted, long nowMs) => _talk.Answer(frame, accepted, nowMs);
    }
}
