using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SensorStateTests
{
    /// <summary>
    /// A state as the first version wrote it: a rain gauge after 30 and 25 mm within two
    /// minutes, the second with a clock an hour ahead, and then silence until it was offline.
    /// A later version must read it. Never replace it: add the next version's beside it.
    /// </summary>
    private const string Version1 =
        "IAAdASCgPXA3xSEAB4EAAAAAAAA5QIAAAAAAAABWQIAAAAAAAAD4/+ABIOC0izfFAQ0BIKA9cDfFAQMJFQMJFQuB//////////8hACEBIEBTbzfFACBwyG83" +
        "xQAg4LSLN8UAAQABAAEAAQABAAUACQANAAEAAQABAAEAAeABBwkVCyHgYRkhqaIhAAlBD3JhaW4tMWhAD3JhaW4tM2hAF2JhdHRlcnktbG93QA9vZmZsaW5l" +
        "4CEACSEAIHDIbzfFAQEBAQEBYb/Pg+YBAQEBAQEBAQEBAQEBAeAgAAEBAQEgoD1wN8UBAWF797jeAQEBAQEBAQEBCQEBAQHgIAABAQEBAQEBYZeg1YkBAQEB" +
        "AQEBAQEBAQEBAeAgAAEBAQEBAQFhNtd0vQEBAQEBAQEBAQMBAQEB4OAhAAkhAE1hCX8CAQAEahgAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQAB" +
        "AAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAHgIABNYWYqVgAABD5JgAAAAAAAgEtAAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQAB" +
        "AAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAQABAAEAAeDAAcAB4AEgkB+tN8Xg";

    private static readonly Serializer<SensorState> Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<SensorState>>();

    [Fact]
    public void A_state_of_the_first_version_can_be_read()
    {
        var w = new Watched(SensorKind.RainGauge) { State = Serializer.Deserialize(Convert.FromBase64String(Version1))! };
        Assert.Equal(7, w.State.AppliedPosition);
        Assert.Equal((Watched.At(120), Watched.At(3720), 3L), (w.State.LatestMs, w.State.DeviceMs, w.State.Sequence));
        Assert.Equal(new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue), w.State.LatestMark);
        Assert.Equal((25.0, 88.0), (w.Latest("rain"), w.Latest("battery")));
        Assert.Equal(Arrival.Duplicate, w.Receive(60, 130, 2, ("rain", 30)).Arrival);
        w.Observe(8100, 4, ("rain", 45));
        Assert.Equal(["offline ended@8100", "rain-1h blue@8100", "rain-3h orange@8100", "rain-3h red@8100"], w.Changes.Select(Watched.Tell).Order());
    }

    [Fact]
    public void A_state_means_the_same_after_a_restart()
    {
        var w = Storm();
        var again = new Watched(SensorKind.RainGauge) { State = Serializer.Deserialize(Serializer.SerializeToArray(w.State))! };
        w.Changes.Clear();
        for (var i = 0; i < 40; i++)
        {
            w.Observe(8000 + (i * 300), 10 + i, ("rain", i % 3));
            again.Observe(8000 + (i * 300), 10 + i, ("rain", i % 3));
        }
        Assert.NotEqual("", w.Story);
        Assert.Equal(w.Story, again.Story);
        Assert.Equal(Serializer.SerializeToArray(w.State), Serializer.SerializeToArray(again.State));
    }

    [Fact]
    public void A_hundred_thousand_sensors_fit()
    {
        Assert.InRange(BytesOf(SensorKind.Parking, ("occupied", 1), ("magnetic_field", 40), ("battery", 80), ("signal", -90)), 100, 690);
        Assert.InRange(BytesOf(SensorKind.WaterQuality, ("temperature", 22), ("ph", 7), ("codmn", 3)), 100, 1800);
    }

    [Theory]
    [InlineData(SensorKind.Waterlogging, "depth")]
    [InlineData(SensorKind.Outfall, "level", "flow", "velocity")]
    [InlineData(SensorKind.WaterQuality, "temperature", "ph", "dissolved_oxygen", "codmn", "ammonia_nitrogen")]
    [InlineData(SensorKind.RainGauge, "rain")]
    [InlineData(SensorKind.Smoke, "obscuration", "alarm", "fault")]
    public void Readings_that_change_nothing_allocate_nothing(SensorKind kind, params string[] metrics)
    {
        var w = new Watched(kind);
        byte[] slots = [.. metrics.Select(m => (byte)w.Sensor.Layout.Names.ToList().IndexOf(m))];
        double[] values = [.. metrics.Select(m => m == "alarm" || m == "fault" || m == "rain" ? 0.0 : m == "codmn" ? 7.0 : 0.5)];
        values[0] = 0;
        Show(w, slots, values, 0, 2000);
        w.Changes.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Show(w, slots, values, 2000, 2000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(w.Changes);
    }

    private static void Show(Watched w, byte[] slots, double[] values, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var at = Watched.At(i * 60);
            SensorEvaluator.Observe(w.State, w.Rules, w.Sensor, at, i, at + 20, slots, values, w.Changes);
            SensorEvaluator.Observe(w.State, w.Rules, w.Sensor, at - 1, i, at + 20, slots, values, w.Changes);
            SensorEvaluator.Observe(w.State, w.Rules, w.Sensor, at, i, at + 20, slots, values, w.Changes);
            SensorEvaluator.Tick(w.State, w.Rules, w.Sensor, at + 2000, w.Changes);
        }
    }

    private static Watched Storm()
    {
        var w = new Watched(SensorKind.RainGauge);
        w.Observe(0, 1, ("rain", 0), ("battery", 88));
        w.Observe(60, 2, ("rain", 30));
        w.Receive(3720, 120, 3, ("rain", 25));
        w.Tick(8000);
        w.State.AppliedPosition = 7;
        return w;
    }

    private static long BytesOf(SensorKind kind, params (string Metric, double Value)[] values)
    {
        var rules = new Watched(kind).Rules;
        var kept = new Watched[200];
        for (var i = 0; i < kept.Length; i++) kept[i] = new Watched(kind, rules);
        var changes = new List<RuleChange>(100);
        byte[] slots = [.. values.Select(v => (byte)kept[0].Sensor.Layout.Names.ToList().IndexOf(v.Metric))];
        double[] numbers = [.. values.Select(v => v.Value)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var w in kept)
        {
            w.State = new SensorState();
            SensorEvaluator.Observe(w.State, rules, w.Sensor, Watched.Start, 1, Watched.Start, slots, numbers, changes);
        }
        return (GC.GetAllocatedBytesForCurrentThread() - before) / kept.Length;
    }
}
