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
}
