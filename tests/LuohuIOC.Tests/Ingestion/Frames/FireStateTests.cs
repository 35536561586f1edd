using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Stations;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>A fire that one of several components, or one without a clock, reports is an alarm.</summary>
public sealed class FireStateTests
{
    [Theory]
    [InlineData(Gb26875State.Fire, Gb26875State.Normal)]
    [InlineData(Gb26875State.Normal, Gb26875State.Fire)]
    public void A_fire_outlives_a_component_in_order_in_the_same_frame(int first, int second)
    {
        var frame = Sent(Components(Evening, first, second));
        Assert.Equal([$"{Evening} seq=77 alarm=1 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame));
        Assert.StartsWith($"{Evening} seq=77 state_0=0 state_1=1 state_2=0", Decode(PayloadForm.Gb26875, SensorKind.Generic, frame).Single());
        // Over TCP, where both components fall back to the sensor of their station.
        var parts = new Gb26875Talk().Take(frame)!.PartsBySensor(_ => "s");
        Assert.Equal([$"{Evening} seq=77 alarm=1 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, parts.Single().Payload));
    }

    /// <summary>A component's supply (bit 8) without the bit of any fault (2), and one that only works (5).</summary>
    [Theory]
    [InlineData(0x0101, "alarm=0 fault=1")]
    [InlineData(0x0021, "alarm=0 fault=0")]
    public void A_fault_of_its_own_bit_is_a_fault(int state, string expected)
    {
        Assert.Equal([$"{Evening} seq=77 {expected}"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, Sent(Components(Evening, state))));
        Assert.StartsWith($"{Evening} seq=77 state_0=1 state_1=0 state_2=0", Decode(PayloadForm.Gb26875, SensorKind.Generic, Sent(Components(Evening, state))).Single());
    }

    [Theory]
    [InlineData(SensorKind.Gas, Gb26875State.Fire, "seq=77 alarm=1 fault=0")]
    [InlineData(SensorKind.Heat, Gb26875State.Fire, "seq=77 alarm=1 fault=0")]
    [InlineData(SensorKind.Charger, Gb26875State.Fire, null)]
    [InlineData(SensorKind.Charger, Gb26875State.Normal, "")]
    public void A_fire_is_an_alarm_of_every_kind_of_detector_and_told_of_what_is_none(SensorKind kind, int state, string? reading) =>
        Assert.Equal(reading switch { null => ["metric_unknown state.1"], "" => [], _ => [$"{Evening} {reading}"] }, Decode(PayloadForm.Gb26875, kind, Sent(Components(Evening, state))));

    [Fact]
    public void Components_with_sensors_of_their_own_stay_apart_and_so_do_their_times()
    {
        var message = new Gb26875Talk().Take(Sent(Components(Evening, Gb26875State.Fire, Gb26875State.Normal)))!;
        Assert.Equal(2, message.PartsBySensor(p => p.Address[^1..]).Count);
        Assert.Equal(2, message.PartsBySensor(_ => null).Count);
        var later = Components(Evening, Gb26875State.Fire, Gb26875State.Normal);
        later[^6] = 1;
        Assert.Equal([$"{Evening} seq=77 alarm=1 fault=0", $"{Evening + 1000} seq=77 alarm=0 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, Sent(later)));
    }

    [Theory]
    [InlineData("000000000000", -60_000)]
    [InlineData("000000010100", -60_000)]
    [InlineData("3B3B17010DFF", -60_000)]
    [InlineData("000000000000", null)]
    [InlineData("0000090101FF", null)]
    public void A_fire_whose_clock_was_never_set_is_of_its_frames_time_or_of_its_receipt(string objectTime, int? framesAge)
    {
        var unit = Components(Evening, Gb26875State.Fire);
        Convert.FromHexString(objectTime).CopyTo(unit.AsSpan(^6..));
        var frame = Sent(unit, framesAge is { } age ? Evening + age : TelemetryReader.TsMin);
        var group = new ReadingGroup();
        Assert.Equal([$"{Evening + (framesAge ?? 0)} seq=77 alarm=1 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame, into: group));
        // The frame's own time is a device's; the receipt is only when somebody heard of it.
        Assert.Equal(framesAge is null ? (QualityGrade.Doubtful, QualityReason.Clock) : default, (group.Marks[0].Grade, group.Marks[0].Reason));
        Assert.Equal(0UL, group.FlaggedOf(0));
    }

    [Fact]
    public void A_fire_in_an_answer_to_a_question_is_one_and_is_not_confirmed()
    {
        var frame = Sent(Components(Evening, Gb26875State.Fire), command: Gb26875Command.Answer);
        Assert.Equal([$"{Evening} seq=77 alarm=1 fault=0"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame));
        var talk = new Gb26875Talk();
        Assert.Single(talk.Take(frame)!.Parts);
        Assert.Null(talk.Answer(frame, accepted: true, Evening));
    }

    /// <summary>A count that is not that of the objects: nothing of the frame is believed, but no fire is lost to it, over MQTT and over TCP, where the frame is denied all the same.</summary>
    [Theory]
    [InlineData(1, Gb26875State.Normal, Gb26875State.Fire, true)]
    [InlineData(1, Gb26875State.Fire, Gb26875State.Fault, true)]
    [InlineData(3, Gb26875State.Fire, Gb26875State.Normal, true)]
    [InlineData(1, Gb26875State.Normal, Gb26875State.Fault, false)]
    [InlineData(0, Gb26875State.Normal, Gb26875State.Normal, false)]
    public void A_wrong_count_refuses_the_frame_and_loses_no_fire(byte count, int first, int second, bool isFire)
    {
        var unit = Components(Evening, first, second);
        unit[1] = count;
        var frame = Sent(unit);
        string[] fire = isFire ? [$"{Evening} seq=77 alarm=1 fault=0"] : [];
        Assert.Equal(fire.Append("frame_invalid"), Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame));
        var talk = new Gb26875Talk();
        var message = talk.Take(frame);
        Assert.Equal(FrameFault.Body, message.Fault);
        Assert.Equal(fire, message.PartsBySensor(_ => "s").SelectMany(part => Decode(PayloadForm.Gb26875, SensorKind.Smoke, part.Payload)));
        // What does not fill the unit may be anything.
        Assert.Equal(["frame_invalid"], Decode(PayloadForm.Gb26875, SensorKind.Smoke, Sent(unit[..^1])));
    }

    /// <summary>A maker's own command with a state in it; in those of the standard that ask or control nothing is told.</summary>
    [Theory]
    [InlineData(0x80, Gb26875State.Fire, true)]
    [InlineData(7, Gb26875State.Fire, true)]
    [InlineData(0x80, Gb26875State.Fault, false)]
    [InlineData(4, Gb26875State.Fire, false)]
    public void A_fire_under_a_command_that_nobody_knows_is_one(byte command, int state, bool isFire)
    {
        var frame = Sent(Components(Evening, state), command: (Gb26875Command)command);
        string[] fire = isFire ? [$"{Evening} seq=77 alarm=1 fault=0"] : [];
        Assert.Equal(fire, Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame));
        Assert.Equal(fire, new Gb26875Talk().Take(frame).PartsBySensor(_ => "s").SelectMany(part => Decode(PayloadForm.Gb26875, SensorKind.Smoke, part.Payload)));
    }

    private static byte[] Components(long atMs, params int[] states)
    {
        var unit = new byte[2 + (46 * states.Length)];
        var one = new byte[48];
        for (var i = 0; i < states.Length; i++)
        {
            Gb26875Writer.ComponentState(one, 1, 3, 40, (uint)i + 1, (ushort)states[i], "", atMs);
            one.AsSpan(2).CopyTo(unit.AsSpan(2 + (46 * i)));
        }
        (unit[0], unit[1]) = (Gb26875Type.ComponentState, (byte)states.Length);
        return unit;
    }

    private static byte[] Sent(byte[] unit, long? sentMs = null, Gb26875Command command = Gb26875Command.Send)
    {
        var frame = new byte[1100];
        return frame[..Gb26875Writer.Frame(frame, 77, 1, sentMs ?? Evening, 10, 11, command, unit)];
    }
}
