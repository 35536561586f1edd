using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History;

/// <summary>
/// Whatever is resent, reordered, replayed, rolled back or restarted: history holds each identity once, none is lost. The reference
/// is a hash set. Times come from a small range so that collisions, late readings and clocks ahead are the rule.
/// </summary>
public abstract class ExactlyOnceContract
{
    private protected abstract StoreScene NewScene();

    private const long Start = StoreScene.Start;
    private const int Sensors = 4;

    private static readonly Gen<SomeReading> Reading =
        from sensor in Gen.Int[0, Sensors - 1]
        from second in Gen.Int[0, 60]
        from sequence in Gen.Frequency((1, Gen.Const((long?)null)), (3, Gen.Long[0, 2].Select(s => (long?)s)))
        from aheadMs in Gen.Frequency((8, Gen.Const(0L)), (1, Gen.OneOf(Gen.Const(60_000L), Gen.Const(60_001L), Gen.Const(90_000L), Gen.Const(3_600_000L))))
        from delayMs in Gen.OneOf(Gen.Const(0L), Gen.Const(1_000L), Gen.Const(30_000L), Gen.Const(120_000L))
        select new SomeReading(sensor, Start + second * 1_000 + aheadMs, sequence, Start + second * 1_000 + delayMs);

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (12, Reading.Array[1, 40].Array[1, 3].Select(groups => new Step(Act.Append, groups))),
        (2, Reading.Array[1, 40].Array[1, 3].Select(groups => new Step(Act.AppendAfterFailure, groups))),
        (2, Gen.Const(new Step(Act.Replay, []))),
        (2, Gen.Const(new Step(Act.Restart, []))));

    [Fact]
    public async Task History_equals_the_set_of_what_was_sent() =>
        await Steps.Array[5, 30].SampleAsync(RunAsync, iter: 12, threads: 1);

    private async Task RunAsync(Step[] steps)
    {
        await using var scene = NewScene();
        SensorKind[] kinds = [SensorKind.Tide, SensorKind.Generic, SensorKind.Smoke, SensorKind.Tide];
        foreach (var kind in kinds) scene.AddSensor(kind, "x");
        var position = 0L;
        await scene.RestartAsync();
        var sent = new List<ReadingGroup>();
        foreach (var step in steps)
        {
            switch (step.Act)
            {
                case Act.Restart:
                    await scene.RestartAsync();
                    break;
                case Act.Replay:
                    foreach (var group in sent) group.Position = ++position;
                    await scene.Store.AppendAsync(sent, default);
                    break;
                default:
                    var groups = step.Groups.Select(readings => StoreScene.Group(++position, readings)).ToList();
                    sent.AddRange(groups);
                    if (step.Act == Act.AppendAfterFailure) await scene.FailAsync(groups);
                    await scene.Store.AppendAsync(groups, default);
                    break;
            }
        }
        await AssertEqualAsync(scene, sent);
    }

    private static async Task AssertEqualAsync(StoreScene scene, List<ReadingGroup> sent)
    {
        var expected = sent.SelectMany(g => Enumerable.Range(0, g.Count).Select(i => (g.Sensors[i], g.DeviceTimes[i], g.Sequences[i]))).ToHashSet();
        var stored = await scene.IdentitiesAsync();
        Assert.Equal(expected.Count, stored.Count);
        Assert.True(expected.SetEquals(stored));
        Assert.Equal(expected.Count, await scene.CountAsync());
    }

    private enum Act
    {
        Append,
        AppendAfterFailure,
        Replay,
        Restart,
    }

    private sealed record Step(Act Act, SomeReading[][] Groups);
}
