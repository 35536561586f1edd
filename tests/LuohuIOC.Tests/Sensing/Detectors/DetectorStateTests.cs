using LuohuIOC.Alerts;
using LuohuIOC.Detection.Health;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

/// <summary>Sensor states as versions of the program wrote them. A later version must read them. Never replace one: add the next beside it.</summary>
public sealed class DetectorStateTests
{
    /// <summary>A water-quality station with an anomaly of model 7 open, before streams were kept.</summary>
    private const string WithoutStreams = "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHeDg";

    /// <summary>The same with two streams: an open alert that has been quiet for a while, and one that has just begun.</summary>
    private const string WithStreams =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJ" +
        "FQUBIAAEuQ7KASAwebkOyuAgQBlub3ZlbHR5LWZsb3dBAcEBAQEBAeDg4OA=";

    /// <summary>The same with dry weather's range in the first stream, and with a gauge's rain.</summary>
    private const string WithRain =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJ" +
        "FQUBIAAEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAA" +
        "AAAAAECAAAAAAAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5Dsrg4A==";

    /// <summary>The same with a drift and a battery that were told.</summary>
    private const string WithHealth =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJ" +
        "FQUBIAAEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAA" +
        "AAAAAECAAAAAAAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4OA=";

    /// <summary>The same with a place for the journals of several hosts, of which a host alone has none.</summary>
    private const string WithJournals =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIA" +
        "AEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAAAAAAAECAAAAA" +
        "AAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4MEB4A==";

    /// <summary>The same with a place for the times of the latest values.</summary>
    private const string WithTimes =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIA" +
        "AEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAAAAAAAECAAAAA" +
        "AAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4MEBwQHg";

    /// <summary>The same with a place for a clock that was set back.</summary>
    private const string WithSetBack =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIA" +
        "AEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAAAAAAAECAAAAA" +
        "AAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4MEBwQHBAeA=";

    /// <summary>The same with a place for the fires of its components.</summary>
    private const string WithFires =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIA" +
        "AEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAAAAAAAECAAAAA" +
        "AAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4MEBwQHBAcEB4A==";

    /// <summary>The same with a place for the running sums of a gauge.</summary>
    private const string WithSums =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIA" +
        "AEuQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCeDg4CEgAAWBAAAAAAAAAECAAAAA" +
        "AAAAEEDgIQAFgQAAAAAAAPg/gAAAAAAAAARA4AEgAAS5DsrgIQgVAwED4MEBwQHBAcEBwQHg";

    /// <summary>The same with the metric that the first stream's alert is about, and when its metrics came.</summary>
    private const string WithHeard =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIAAEuQ" +
        "7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuBBC2xldmVsIQADASAABLkOyuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCUEBwRng4OAh" +
        "IAAFgQAAAAAAAABAgAAAAAAAABBA4CEABYEAAAAAAAD4P4AAAAAAAAAEQOABIAAEuQ7K4CEIFQMBA+DBAcEBwQHBAcEB4A==";

    /// <summary>The same by a version that remembers which amounts it has counted.</summary>
    private const string WithAmounts =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIAAE" +
        "uQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuBBC2xldmVsIQADASAABLkOyuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCUEBwRng" +
        "4OAhIAAFgQAAAAAAAABAgAAAAAAAABBA4CEABYEAAAAAAAD4P4AAAAAAAAAEQOABIAAEuQ7K4CEIFQMBA+DBAcEBwQHBAcEBwQHg";

    /// <summary>The same with a place for readings that nobody can use.</summary>
    private const string WithUnusable =
        "IAAlASAwebkOyiHgAQEBAQEBAQEJFQEJFQEBASHgAQEJFQkh4AEBIeAh4CHggf////////9/IQgVAwEgAAS5DsoBHSEABSFAG25vdmVsdHktbGV2ZWxBCQECA/oJFQUBIAAE" +
        "uQ7KASAwebkOyiEACYGamZmZmZm5P4CamZmZmZnZP4AAAAAAcJmUQYAAAIAg10F5QuBBC2xldmVsIQADASAABLkOyuDgIEAZbm92ZWx0eS1mbG93QQHBAQEBAQHBCUEBwRng" +
        "4OAhIAAFgQAAAAAAAABAgAAAAAAAABBA4CEABYEAAAAAAAD4P4AAAAAAAAAEQOABIAAEuQ7K4CEIFQMBA+DBAcEBwQHBAcEBwQHBAeA=";

    private static readonly Serializer<SensorState> Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer<SensorState>>();

    [Theory]
    [InlineData(WithoutStreams, 0)]
    [InlineData(WithStreams, 2)]
    [InlineData(WithRain, 2)]
    [InlineData(WithHealth, 2)]
    [InlineData(WithJournals, 2)]
    [InlineData(WithTimes, 2)]
    [InlineData(WithSetBack, 2)]
    [InlineData(WithFires, 2)]
    [InlineData(WithSums, 2)]
    [InlineData(WithHeard, 2)]
    [InlineData(WithAmounts, 2)]
    [InlineData(WithUnusable, 2)]
    public void Every_version_can_be_read(string golden, int streams)
    {
        var state = Serializer.Deserialize(Convert.FromBase64String(golden))!;
        Assert.Equal(9, state.AppliedPosition);
        var detector = state.Detector!;
        Assert.Equal((Severity.Blue, 1_735_660_800_000, 7), (detector.Severity!.Value, detector.SinceMs, detector.ModelVersion));
        Assert.Equal(streams, detector.Streams?.Length ?? 0);
        if (streams == 0) return;
        var first = detector.Streams![0];
        Assert.Equal(("novelty-level", Severity.Yellow), (first.Rule, first.Severity!.Value));
        Assert.Equal((1_735_660_800_000, 1_735_660_860_000), (first.SinceMs, first.QuietSinceMs));
        Assert.Equal([1, 2, 3, 250], first.Snapshot);
        Assert.Null(detector.Streams[1].Severity);
    }

    [Fact]
    public void Dry_weather_rain_and_what_was_told_are_kept()
    {
        var state = Serializer.Deserialize(Convert.FromBase64String(WithRain))!;
        Assert.Equal([0.1, 0.4, 86_400_000, 1_735_660_800_000], state.Detector!.Streams[0].Dry);
        Assert.Null(state.Health);
        var told = Serializer.Deserialize(Convert.FromBase64String(WithHealth))!.Health!;
        Assert.Equal((SensorFault.Drift, true), (told.Fault, told.Battery));
        Assert.Equal([2, 4], state.Rain!.Hours);
        Assert.Equal([1.5, 2.5], state.Rain.Millimetres);
        Assert.Equal(1_735_660_800_000, state.Rain.AtMs);
    }

    [Fact]
    public void What_an_alert_was_raised_for_and_when_each_metric_came_are_kept()
    {
        var stream = Serializer.Deserialize(Convert.FromBase64String(WithHeard))!.Detector!.Streams[0];
        Assert.Equal("level", stream.Metric);
        Assert.Equal([1_735_660_800_000], stream.HeardMs);
        Assert.All(Serializer.Deserialize(Convert.FromBase64String(WithSums))!.Detector!.Streams, s => Assert.Equal(0UL, new MetricsHeard(1, s.HeardMs).MissingAt(long.MaxValue)));
    }

    [Fact]
    public void The_newest_is_what_this_version_writes()
    {
        var state = Serializer.Deserialize(Convert.FromBase64String(WithHealth))!;
        (state.Detector!.Streams[0].Metric, state.Detector.Streams[0].HeardMs) = ("level", [1_735_660_800_000]);
        Assert.Equal(WithUnusable, Convert.ToBase64String(Serializer.SerializeToArray(state)));
    }
}
