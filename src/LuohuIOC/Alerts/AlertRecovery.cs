namespace LuohuIOC.Alerts;

/// <summary>
/// Alerts of a host that ended before it could tell them, when it is back: as a pure function. Meanwhile the sensor has gone on elsewhere, from a state that
/// knows nothing of them, so that nothing else would raise them, and nothing end them.
/// </summary>
internal static class AlertRecovery
{
    /// <summary>Evidence of an end that nobody has seen; how it is said: <c>evidence.rule-change.lost</c>.</summary>
    private const string Lost = """{"ruleChange":"lost"}""";

    /// <summary>
    /// What has been told or judged again meanwhile adds nothing. What holds now is raised already: an episode without an end is over. Beside an alert
    /// that is open it is closed at once, or there would be two.
    /// </summary>
    /// <param name="sensorId">The sensor.</param>
    /// <param name="watch">Of one rule.</param>
    /// <param name="subject">The sensor as it stands in the registry.</param>
    /// <param name="noted">Changes of that rule, in order.</param>
    /// <param name="now">The present.</param>
    /// <param name="autoCloseAfter"><see cref="AlertOptions.AutoCloseAfter"/>.</param>
    public static IReadOnlyList<AlertSave> Of(string sensorId, RuleWatch watch, AlertSubject subject, IEnumerable<NotedChange> noted, DateTimeOffset now, TimeSpan autoCloseAfter)
    {
        // A sensor that has told much since has forgotten what it was told of so long ago, which says nothing about what it was never told.
        var untold = noted.Where(n => !watch.Seen.Remembers(n.Change)).ToList();
        if (untold.Count == 0) return [];
        var past = new RuleWatch(watch.Rule) { Condition = watch.Open is null ? watch.Condition : null };
        var events = new List<AlertEvent>();
        void Step(RuleChange change, DateTimeOffset at)
        {
            var step = AlertLifecycle.Step(past, new AlertCommand.Observe(subject, change), at, autoCloseAfter);
            past = step.Watch;
            events.AddRange(step.Events);
        }
        foreach (var one in untold) Step(one.Change, one.At);
        if (past.Open is { } left && watch.Open is { } goesOn)
        {
            events.Add(new Doubled(left, goesOn).End(now));
            past = past with { Open = null };
        }
        else if (past.Open is { ClearedAt: null }) Step(new RuleChange(watch.Rule, null, "", double.NaN, double.NaN, now.ToUnixTimeMilliseconds(), Lost), now);
        var after = watch with { Open = watch.Open ?? past.Open, Seen = untold.Aggregate(watch.Seen, (seen, one) => seen.With(one.Change)) };
        var saves = events.GroupBy(happened => happened.AlertId)
            .Select(steps => new AlertSave(sensorId, after, [.. steps], steps.Aggregate((Alert?)null, (alert, happened) => happened.Apply(alert)))).ToList();
        return saves.Count > 0 ? saves : [new AlertSave(sensorId, after, [], null)];
    }
}
