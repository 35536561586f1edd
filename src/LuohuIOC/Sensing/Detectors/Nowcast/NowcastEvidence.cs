using System.Globalization;
using System.Text.Json;
using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// What an officer sees beside the alert of a forecast, as JSON:
/// <c>{"nowcast":{"minutes":30,"expected":0.22,"low":0.1,"high":0.35,"crossingMinutes":18,"crossingAt":"2026-…","rain15":12.5,"rain60":30,"origin":"prior","version":0,"upstream":{"pipe-001":1.2}}}</c>;
/// at its end <c>{"nowcast":{"ended":"taken-over"}}</c>, <c>fell</c>, <c>unknown</c> or <c>off</c>.
/// </summary>
internal static class NowcastEvidence
{
    /// <param name="nowcast">The forecast that raised.</param>
    /// <param name="horizon">The one that is told.</param>
    /// <param name="minuteMs">Length of a minute on the devices' clocks.</param>
    /// <param name="upstream">Level of each station upstream that is alive, by id.</param>
    public static string Of(StationNowcast nowcast, NowcastValue horizon, long minuteMs, IReadOnlyDictionary<string, double> upstream)
    {
        var crossing = nowcast.CrossingMinutes;
        return JsonSerializer.Serialize(new
        {
            nowcast = new
            {
                minutes = horizon.Minutes,
                expected = Metres(horizon.Value),
                low = Metres(horizon.Low),
                high = Metres(horizon.High),
                crossingMinutes = Rounded(crossing, 0),
                crossingAt = double.IsNaN(crossing) ? null
                    : DateTimeOffset.FromUnixTimeMilliseconds(nowcast.IssuedMs + (long)(crossing * minuteMs)).ToString("O", CultureInfo.InvariantCulture),
                rain15 = Rounded(nowcast.Rain15, 1),
                rain60 = Rounded(nowcast.Rain60, 1),
                origin = nowcast.Model!.IsOwn ? "own" : "prior",
                version = nowcast.Model.Version,
                upstream = upstream.ToDictionary(u => u.Key, u => Metres(u.Value)),
            },
        });
    }

    /// <summary>
    /// Of water that rain and upstream do not explain:
    /// <c>{"residual":{"minutes":15,"expected":0.42,"low":0.3,"high":0.55,"value":1.1,"factor":5.2,"held":5,"rain15":3,"rain60":12.5,"origin":"prior","version":0}}</c>.
    /// </summary>
    public static string Of(StationNowcast nowcast, NowcastResidual residual, int held) => JsonSerializer.Serialize(new
    {
        residual = new
        {
            minutes = residual.Minutes,
            expected = Metres(residual.Expected),
            low = Metres(residual.Low),
            high = Metres(residual.High),
            value = Metres(residual.Value),
            factor = Rounded(residual.Factor, 1),
            held,
            rain15 = Rounded(nowcast.Rain15, 1),
            rain60 = Rounded(nowcast.Rain60, 1),
            origin = nowcast.Model!.IsOwn ? "own" : "prior",
            version = nowcast.Model.Version,
        },
    });

    /// <summary>Its end: <c>{"residual":{"ended":"explained"}}</c> or <c>unknown</c>.</summary>
    public static string Ended(ResidualTurn turn) => turn == ResidualTurn.Unknown ? """{"residual":{"ended":"unknown"}}""" : """{"residual":{"ended":"explained"}}""";

    public static string Ended(NowcastTurn turn) => turn switch
    {
        NowcastTurn.TakenOver => """{"nowcast":{"ended":"taken-over"}}""",
        NowcastTurn.Unknown => """{"nowcast":{"ended":"unknown"}}""",
        _ => """{"nowcast":{"ended":"fell"}}""",
    };

    /// <summary>The station is not forecast any more.</summary>
    public static string Off() => """{"nowcast":{"ended":"off"}}""";

    /// <inheritdoc cref="Off"/>
    public static string ResidualOff() => """{"residual":{"ended":"off"}}""";

    private static double? Metres(double value) => Rounded(value, 2);

    private static double? Rounded(double value, int digits) => double.IsFinite(value) ? Math.Round(value, digits) : null;
}
