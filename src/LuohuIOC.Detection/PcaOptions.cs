namespace LuohuIOC.Detection;

/// <summary>How a station's model is trained. Every default was chosen on synthetic stations and on SKAB's open half, for all files alike.</summary>
public sealed record PcaOptions
{
    /// <summary>Readings whose mean is a metric's level; more see weaker and slower faults, and see each of them later.</summary>
    public int WindowReadings { get; init; } = 6;

    /// <summary>
    /// Whether the latest value against the window's mean is a feature too, which shows jumps. Off: the front of every shower is a
    /// jump, and the threshold that spares it hides the weak and lasting faults that only this detector can see.
    /// </summary>
    public bool Steps { get; init; }

    /// <summary>Share of the variance that the components must explain; the rest counts as noise.</summary>
    public double ExplainedShare { get; init; } = 0.9;

    /// <summary>False alarms allowed a station and day, by extrapolating the tail of the training scores; 0.1 is one in ten station-days.</summary>
    public double AlarmsPerDay { get; init; } = 0.1;

    /// <summary>An alarm needs this many of the last <see cref="HoldWindow"/> scores above the threshold.</summary>
    public int HoldCount { get; init; } = 3;

    /// <summary>See <see cref="HoldCount"/>; at most <see cref="AlarmHold.WindowMax"/>.</summary>
    public int HoldWindow { get; init; } = 5;

    /// <summary>Fewer readings train nothing.</summary>
    public int ReadingsMin { get; init; } = 500;

    /// <summary>A shorter history trains nothing: without a whole day the daily pattern would be an anomaly.</summary>
    public TimeSpan SpanMin { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Readings closer together than this are passed over, in training and in use: a fast station costs no more than a slow one.</summary>
    public TimeSpan SampleMin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Seed of ML.NET's random projection: the same rows and seed give the same model.</summary>
    public int Seed { get; init; } = 17;
}
