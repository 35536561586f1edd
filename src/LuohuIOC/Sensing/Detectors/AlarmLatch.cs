using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// Turns a detector's score into an alert: blue from the threshold, yellow from one and a half times it, never more, because a detector
/// knows that something is strange and not how bad it is. Ends after it has been quiet for a while, so that one event is one alert.
/// </summary>
internal static class AlarmLatch
{
    public const double YellowRatio = 1.5;

    /// <summary>Below this share of the threshold the stream counts as quiet.</summary>
    public const double QuietRatio = 0.85;

    /// <summary>Quiet for so long, in the sensor's time, ends an alert.</summary>
    public const long QuietMs = 30 * 60_000;

    /// <param name="state">The stream's; changed when the result is true.</param>
    /// <param name="timeMs">Time of the reading, Unix ms.</param>
    /// <param name="raise">What may begin or heighten an alert, as a share of the threshold.</param>
    /// <param name="hold">What keeps it open, as a share of the threshold.</param>
    /// <returns>True when the severity changed.</returns>
    public static bool Step(StreamState state, long timeMs, double raise, double hold)
    {
        if (raise >= 1)
        {
            state.QuietSinceMs = 0;
            var severity = raise >= YellowRatio ? Severity.Yellow : Severity.Blue;
            if (severity <= state.Severity) return false;
            if (state.Severity is null) state.SinceMs = timeMs;
            state.Severity = severity;
            return true;
        }
        if (state.Severity is null) return false;
        if (hold >= QuietRatio)
        {
            state.QuietSinceMs = 0;
            return false;
        }
        if (state.QuietSinceMs == 0) state.QuietSinceMs = timeMs;
        if (timeMs - state.QuietSinceMs < QuietMs) return false;
        End(state);
        return true;
    }

    public static void End(StreamState state)
    {
        state.Severity = null;
        state.SinceMs = state.QuietSinceMs = 0;
        state.Metric = "";
    }
}
