using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// What a station's detector must remember across restarts, so that an alert which is open is ended by the readings that end it.
/// The window is not in it: it fills again from the next readings.
/// </summary>
[GenerateSerializer, Alias("luohu.detector-state.v1")]
public sealed class DetectorState
{
    /// <summary>Severity of the open anomaly, null when there is none.</summary>
    [Id(0)]
    public Severity? Severity;

    /// <summary>Time of the reading that opened it, Unix ms; 0 when there is none.</summary>
    [Id(1)]
    public long SinceMs;

    /// <summary>Version of the model that opened it or changed it last.</summary>
    [Id(2)]
    public int ModelVersion;

    /// <summary>What the streaming detectors remember, one for each rule that they report under; empty in what older versions wrote.</summary>
    [Id(3)]
    public StreamState[] Streams = [];
}

/// <summary>What one streaming detector must remember. Stored: append fields with new ids, never renumber.</summary>
[GenerateSerializer, Alias("luohu.stream-state.v1")]
public sealed class StreamState
{
    /// <summary>Id of the rule that it reports under, for example <c>novelty-level</c>.</summary>
    [Id(0)]
    public string Rule = "";

    /// <summary>
    /// The detector's own versioned snapshot, taken when the state is saved and not before: about 19 KB for novelty, 1 to 2 KB for a
    /// chart. One that this version cannot read is dropped, and the detector warms up anew.
    /// </summary>
    [Id(1)]
    public byte[] Snapshot = [];

    /// <summary>Severity of the open alert, null when there is none.</summary>
    [Id(2)]
    public Severity? Severity;

    /// <summary>Time of the reading that opened it, Unix ms; 0 when there is none.</summary>
    [Id(3)]
    public long SinceMs;

    /// <summary>Since when the stream has been quiet while the alert is open, Unix ms; 0 when it is not.</summary>
    [Id(4)]
    public long QuietSinceMs;

    /// <summary>What each metric reads in dry weather, taken with the snapshot; empty for kinds that rain does not concern.</summary>
    [Id(5)]
    public double[] Dry = [];

    /// <summary>Wire name of the metric that the open alert was raised for, or heightened by last; empty when there is none, and in what older versions wrote.</summary>
    [Id(6)]
    public string Metric = "";

    /// <summary>When each metric came last, Unix ms, taken with the snapshot; empty in what older versions wrote.</summary>
    [Id(7)]
    public long[] HeardMs = [];
}
