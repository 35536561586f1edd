using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Which detector raises a station's alert; the other one goes on and is shown, but stays silent.</summary>
public enum StationAlarm
{
    /// <summary>The streaming chart: F1 .849 on the Skoltech benchmark's open half (docs/DETECTION.md).</summary>
    Chart,

    /// <summary>The trained, versioned RandomizedPca model: F1 .742 there.</summary>
    Pca,
}

/// <summary>Configuration section <c>Detection:Alarm</c>: what the detectors of single sensors may tell officers.</summary>
public sealed class DetectionOptions
{
    /// <summary>Kinds by wire name (<c>river</c>, <c>pipe</c> …) whose detectors do not run at all. An alert that is open ends.</summary>
    public string[] Off { get; set; } = [];

    /// <summary>Which detector raises the alert of water-quality and pipe stations.</summary>
    public StationAlarm Station { get; set; } = StationAlarm.Chart;

    /// <summary>Score from which any metric's novelty is an alert, in nats, instead of each metric's own of <c>novelty.json</c>. Lower finds more and cries wolf more often.</summary>
    public double? NoveltyNats { get; set; }

    /// <summary>Score from which a station's chart is an alert, in deviations a metric.</summary>
    public double ChartLevel { get; set; } = 4.0;

    public bool Runs(SensorKind kind) => !Off.Contains(KindCatalogue.Of(kind).Name);

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public DetectionOptions Checked()
    {
        foreach (var kind in Off)
            if (!KindCatalogue.TryParse(kind, out _)) throw new InvalidOperationException($"Configuration Detection:Alarm:Off: there is no kind '{kind}'.");
        if (NoveltyNats is < 2 or > 20) throw new InvalidOperationException("Configuration Detection:Alarm:NoveltyNats must be 2 to 20.");
        if (ChartLevel is not (>= 1 and <= 50)) throw new InvalidOperationException("Configuration Detection:Alarm:ChartLevel must be 1 to 50.");
        return this;
    }
}
