namespace LuohuIOC.Alerts;

/// <summary>What is known of one sensor's rules when its grain begins.</summary>
/// <param name="Watches">One for each rule.</param>
/// <param name="Doubled">
/// Open alerts beside another of their rule: two hosts have raised them while neither knew of the other's grain. They are to be closed, or nothing would
/// ever close them.
/// </param>
public sealed record KnownAlerts(IReadOnlyList<RuleWatch> Watches, IReadOnlyList<Doubled> Doubled)
{
    public static KnownAlerts None { get; } = new([], []);

    /// <param name="open">Open alerts that are stored, several of one rule too.</param>
    /// <param name="stored">Watches that are stored.</param>
    /// <param name="unsaved">Watches that are not stored yet: newer than all that is.</param>
    internal static KnownAlerts Of(IEnumerable<Alert> open, IEnumerable<StoredWatch> stored, IEnumerable<RuleWatch> unsaved)
    {
        var watches = unsaved.ToDictionary(watch => watch.Rule, StringComparer.Ordinal);
        var ofRule = open.ToLookup(alert => alert.Rule, StringComparer.Ordinal);
        foreach (var watch in stored) watches.TryAdd(watch.Rule, watch.With(ofRule[watch.Rule].OrderByDescending(Weight).FirstOrDefault()));
        var doubled = new List<Doubled>();
        foreach (var watch in watches.Values)
        {
            // An unsaved watch without an open alert is closing one of them: the next look knows which is left.
            if (watch.Open is { } kept) doubled.AddRange(ofRule[watch.Rule].Where(alert => alert.Id != kept.Id).Select(alert => new Doubled(alert, kept)));
        }
        return new KnownAlerts([.. watches.Values], doubled);
    }

    // What still holds, and is worse, must not be what goes.
    private static (bool Holds, Severity Severity, DateTimeOffset RaisedAt, string Id) Weight(Alert alert) => (alert.ClearedAt is null, alert.Severity, alert.RaisedAt, alert.Id);
}

/// <param name="Alert">The one too many.</param>
/// <param name="Kept">The one that goes on.</param>
public sealed record Doubled(Alert Alert, Alert Kept)
{
    /// <summary>What ends it; the record says why.</summary>
    internal AlertEvent End(DateTimeOffset now) =>
        new(Alert.Id, Alert.Version + 1, AlertEventType.Closed, now, Alert.System) { Evidence = $$"""{"doubled":"{{Kept.Id}}"}""" };
}
