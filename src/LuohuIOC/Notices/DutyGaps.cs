namespace LuohuIOC.Notices;

/// <summary>Times at which nobody would be told: a gap between two shifts must be seen when the host starts and not when it floods.</summary>
internal static class DutyGaps
{
    // Every sequence of workdays and rest days comes within a year.
    private const int LookAheadDays = 366;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>The first minute from now on at which no policy is on duty; null when there is none, or no policies.</summary>
    public static DateTimeOffset? FirstOf(IReadOnlyList<PolicyOptions> policies, WorkdayCalendar calendar, DateTimeOffset now)
    {
        var duties = policies.Select(policy => DutyHours.Of(policy.Hours, policy.Days)!).ToArray();
        if (duties.Length == 0 || duties.Any(duty => duty.IsAlways)) return null;
        var from = new DateTimeOffset(now.Ticks - (now.Ticks % Step.Ticks), now.Offset);
        for (var at = from; at < from.AddDays(LookAheadDays); at += Step)
            if (!duties.Any(duty => duty.Contains(at, calendar))) return at;
        return null;
    }
}
