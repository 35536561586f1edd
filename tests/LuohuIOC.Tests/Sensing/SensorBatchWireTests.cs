using CsCheck;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SensorBatchWireTests
{
    /// <summary>A batch of two groups as the first version sent it. A later version must read it: hosts of both stand side by side while they are replaced in turn.</summary>
    private const string Version1 =
        "AQcAAAAAAAAAZAAAAAAAAABlAAAAAAAAAAIAAAAKAAAAAAAAAAEAAAAAAAAACwAAAAAAAAAAAAAAAAAAAAECAAAAAAAA4D8UAAAAAAAAAAAAAAAAAACAFQAAAAAAAAACAAAAAAAAAAIA" +
        "AQAAAAAAAPA/AAAAAAAA+P9mAAAAAAAAAAEAAAAeAAAAAAAAAAMAAAAAAAAAHwAAAAAAAAAAAAAAAAAAAAA=";

    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly Gen<(long Device, long Sequence, long Received, byte[] Slots, double[] Values, ulong Flagged)> Reading =
        Gen.Select(Gen.Long, Gen.Long, Gen.Long, Gen.Byte[0, 63].Array[0, 8], Gen.Double.Array[8], Gen.ULong);

    [Fact]
    public void What_leaves_is_what_arrives() =>
        Gen.Select(Reading.Array[1, 12].Array[1, 4], Gen.Bool, Gen.Long[0, long.MaxValue]).Sample((groups, isAgain, after) =>
        {
            var batch = BatchOf(groups, journal: 5, after, isAgain);
            var arrived = Serializer.Deserialize<SensorBatch>(Serializer.SerializeToArray(batch))!;
            return arrived.IsAbroad && Told(arrived) == Told(batch);
        });

    [Fact]
    public void The_first_version_can_be_read()
    {
        var batch = BatchOf(
            [[(10, 1, 11, [2], [0.5], 0), (20, ReadingGroup.NoSequence, 21, [0, 1], [1, double.NaN], 2)], [(30, 3, 31, [], [], 0)]], journal: 7, after: 100);
        Assert.Equal(Version1, Convert.ToBase64String(SensorBatchWire.Of(batch).Bytes));
        Assert.Equal(Told(batch), Told(new SensorBatchWire(Convert.FromBase64String(Version1)).ToBatch()));
    }

    [Fact]
    public void What_readings_tell_of_components_comes_along()
    {
        var batch = BatchOf([[(10, 1, 11, [1], [1], 0), (20, 2, 21, [1], [0], 2)], [(30, 3, 31, [1], [1], 0)]], journal: 5, after: 9);
        batch.Group.Tell(7, true);
        batch.Group.Tell(-8, false);
        var arrived = Serializer.Deserialize<SensorBatch>(Serializer.SerializeToArray(batch))!;
        Assert.Equal(Told(batch), Told(arrived));
        Assert.Empty(arrived.Group.ComponentsOf(0).ToArray());
        Assert.Equal([new ComponentState(1, 7, true), new ComponentState(1, -8, false)], arrived.Group.ComponentsOf(1).ToArray());
        Assert.Null(arrived.Later!.Group.Components);
    }

    [Fact]
    public void That_a_reading_has_no_time_of_its_devices_comes_along()
    {
        var batch = BatchOf([[(10, 1, 11, [1], [1], 0), (20, 2, 20, [1], [1], 0)], [(30, 3, 31, [1], [1], 0)]], journal: 5, after: 9);
        batch.Group.DoubtTime();
        var arrived = Serializer.Deserialize<SensorBatch>(Serializer.SerializeToArray(batch))!;
        Assert.Equal([false, true, false], [arrived.Group.IsTimeDoubted(0), arrived.Group.IsTimeDoubted(1), arrived.Later!.Group.IsTimeDoubted(0)]);
        Assert.Equal(Told(batch), Told(arrived));
    }

    [Fact]
    public void Of_how_many_minutes_rain_is_comes_along()
    {
        var batch = BatchOf([[(10, 1, 11, [0], [1], 0), (20, 2, 20, [0], [1], 0)], [(30, 3, 31, [0], [1], 0)]], journal: 5, after: 9);
        batch.Group.SetRainMinutes(-5);
        batch.Later!.Group.SetRainMinutes(60);
        var arrived = Serializer.Deserialize<SensorBatch>(Serializer.SerializeToArray(batch))!;
        Assert.Equal([0, -5, 60], [arrived.Group.RainMinutesOf(0), arrived.Group.RainMinutesOf(1), arrived.Later!.Group.RainMinutesOf(0)]);
        Assert.Equal(Told(batch), Told(arrived));
    }

    [Fact]
    public void A_batch_that_comes_again_because_its_answer_was_lost_gets_its_marks_again()
    {
        var sent = BatchOf([[(10, 1, 11, [2], [0.5], 0)], [(20, 2, 21, [2], [99], 0), (30, 3, 31, [2], [0.6], 0)]], journal: 5, after: 9);
        var answers = new AnswersAbroad();
        var first = Arrived();
        first.Later!.Group.Marks[first.Later.First] = new QualityMark(QualityGrade.Doubtful, QualityReason.Spike, 4);
        var marks = answers.Judged(first);
        Assert.Equal([new MarkAbroad(1, QualityGrade.Doubtful, QualityReason.Spike, 4)], marks!);
        Assert.Equal(marks, answers.Again(Arrived()));
        Assert.Null(answers.Again(BatchOf([[(10, 1, 11, [2], [0.5], 0)]], journal: 5, after: 9)));
        Assert.Null(answers.Again(BatchOf([[(10, 1, 11, [2], [0.5], 0)], [(20, 2, 21, [2], [99], 0), (30, 3, 31, [2], [0.6], 0)]], journal: 6, after: 9)));

        SensorBatch Arrived() => Serializer.Deserialize<SensorBatch>(Serializer.SerializeToArray(sent))!;
    }

    [Fact]
    public void A_state_knows_the_places_of_several_journals()
    {
        var state = new SensorState();
        state.Apply(0, 4);
        for (var journal = 1; journal <= 20; journal++) state.Apply(journal, 1000 + journal);
        state.Apply(19, 5000);
        Assert.Equal((4, 0, 1020, 5000), (state.AppliedOf(0), state.AppliedOf(1), state.AppliedOf(20), state.AppliedOf(19)));
        Assert.Equal(16, state.Applied!.Length);
        var again = Serializer.Deserialize<SensorState>(Serializer.SerializeToArray(state))!;
        Assert.Equal(state.Applied, again.Applied);
    }

    /// <summary>The sensor's readings lie among those of another one, as in a real group.</summary>
    private static SensorBatch BatchOf((long Device, long Sequence, long Received, byte[] Slots, double[] Values, ulong Flagged)[][] groups, long journal, long after, bool isAgain = false)
    {
        SensorBatch? first = null, last = null;
        foreach (var (g, readings) in groups.Index())
        {
            var group = new ReadingGroup { Position = 101 + g };
            foreach (var r in readings)
            {
                group.Add(1, 1, 1, 1);
                group.AddValue(3, 77);
                group.Add(8, r.Device, r.Sequence, r.Received);
                foreach (var (v, slot) in r.Slots.Index()) group.AddValue(slot, r.Values[v]);
                if (r.Flagged != 0) group.Flag(r.Flagged);
            }
            var chain = new SensorChain().Of(group, out var next).First(i => group.Sensors[i] == 8);
            var part = new SensorBatch(new GroupInFlight(group, 1), chain, next) { Journal = journal, After = after, IsAgain = isAgain };
            first ??= part;
            if (last is not null) last.Later = part;
            last = part;
        }
        return first!;
    }

    private static string Told(SensorBatch batch)
    {
        var lines = new List<string> { $"{batch.Journal} {batch.After} {batch.IsAgain}" };
        for (var part = batch; part is not null; part = part.Later)
            for (var i = part.First; i >= 0; i = part.NextOfSensor[i])
                lines.Add($"{part.Group.Position}: {part.Group.DeviceTimes[i]} {part.Group.Sequences[i]} {part.Group.ReceivedTimes[i]} {part.Group.FlaggedOf(i)} "
                    + $"{Convert.ToHexString(part.Group.SlotsOf(i))} {string.Join(' ', part.Group.ValuesOf(i).ToArray().Select(BitConverter.DoubleToInt64Bits))}");
        return string.Join('\n', lines);
    }
}
