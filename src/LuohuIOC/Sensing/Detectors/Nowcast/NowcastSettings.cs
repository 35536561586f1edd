using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>Configuration section <c>Detection:Nowcast</c>: forecasts of water at waterlogging points and in pipes.</summary>
public sealed class NowcastSettings
{
    /// <summary>False: nothing is forecast; alerts of forecasts that are open end.</summary>
    public bool Run { get; set; } = true;

    /// <summary>
    /// Minutes of the city's weather that pass in a minute of the devices' clocks: 1 in the real world. A simulated city whose physics runs
    /// faster than its clocks needs its speed here (<c>./ioc demo</c>: 60); otherwise a forecast for 30 minutes would be for half a day.
    /// </summary>
    public double Speed { get; set; } = 1;

    /// <summary>So many pipes with most stations upstream are forecast, beside all waterlogging points.</summary>
    public int Pipes { get; set; } = 12;

    /// <summary>Only horizons up to this many minutes raise alerts; further ones are shown. 0 raises none. 15 cries wolf less often and leaves less time (docs/NOWCAST.md).</summary>
    public int WarnMinutes { get; set; } = 30;

    /// <summary>The forecast must stand at the threshold so many minutes in a row before anybody is told.</summary>
    public int ConfirmMinutes { get; set; } = 2;

    /// <summary>The forecast must stay below so long before its alert ends, so that one that wavers is one alert.</summary>
    public int EndMinutes { get; set; } = 10;

    /// <summary>
    /// The water lies outside what was forecast a quarter of an hour before by so many half intervals: from there on rain and upstream do not explain it.
    /// 0 raises no alert; the residual is shown all the same.
    /// </summary>
    public double ResidualFactor { get; set; } = 3;

    /// <summary>For so many minutes in a row. Above 14 nothing sudden is found: the forecast goes along with it by then.</summary>
    public int ResidualMinutes { get; set; } = 8;

    /// <summary>How far back training looks for rain events.</summary>
    public TimeSpan History { get; set; } = TimeSpan.FromDays(120);

    /// <summary>Only the newest rain events are learned from: a table of 600 KB each while a station is trained.</summary>
    public int EventsMax { get; set; } = 80;

    /// <summary>District rain of an hour, in mm, that makes a rain event.</summary>
    public double EventMillimetres { get; set; } = 3;

    /// <summary>The interval's half counts as no less, in metres: the instrument and small waves.</summary>
    internal static double ResidualMetresOf(SensorKind kind) => kind == SensorKind.Waterlogging ? 0.05 : 0.1;

    /// <summary>Length of a minute of weather on the devices' clocks.</summary>
    internal long MinuteMs => (long)Math.Round(60_000 / Speed);

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public NowcastSettings Checked()
    {
        Demand(Speed is >= 1 and <= 600, nameof(Speed), "1 to 600");
        Demand(Pipes is >= 0 and <= 500, nameof(Pipes), "0 to 500");
        Demand(WarnMinutes >= 0, nameof(WarnMinutes), "not negative");
        Demand(ConfirmMinutes is >= 1 and <= 30, nameof(ConfirmMinutes), "1 to 30");
        Demand(EndMinutes is >= 1 and <= 120, nameof(EndMinutes), "1 to 120");
        Demand(ResidualFactor is 0 or >= 1 and <= 100, nameof(ResidualFactor), "0, or 1 to 100");
        Demand(ResidualMinutes is >= 1 and <= 14, nameof(ResidualMinutes), "1 to 14");
        Demand(History > TimeSpan.Zero && History <= TimeSpan.FromDays(400), nameof(History), "above zero, at most 400 days");
        Demand(EventsMax is >= 20 and <= 500, nameof(EventsMax), "20 to 500");
        Demand(EventMillimetres > 0, nameof(EventMillimetres), "above 0");
        return this;
    }

    private static void Demand(bool holds, string key, string wanted)
    {
        if (!holds) throw new InvalidOperationException($"Configuration Detection:Nowcast:{key} must be {wanted}.");
    }
}
