namespace LuohuIOC.Simulator.Replay;

/// <summary>One measured row: a sensor at a time with its metrics.</summary>
public sealed record Measurement(string Sensor, DateTimeOffset Time, IReadOnlyList<KeyValuePair<string, double>> Values);

/// <summary>A line that could not be used; the reason is a key of the texts with its arguments.</summary>
public sealed record BadLine(int Line, string Reason, object?[] Arguments);

/// <summary>How a file of measurements is written.</summary>
public sealed record MeasurementFormat
{
    public string SensorColumn { get; init; } = "sensor";

    public string TimeColumn { get; init; } = "time";

    /// <summary>In the long form, the column of the metric's name; a file is long when it has this and the value's column.</summary>
    public string MetricColumn { get; init; } = "metric";

    public string ValueColumn { get; init; } = "value";

    /// <summary>Of times that carry no offset.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;
}
