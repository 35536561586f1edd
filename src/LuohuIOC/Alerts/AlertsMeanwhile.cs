namespace LuohuIOC.Alerts;

/// <summary>
/// One sensor's alerts while the ledger does not answer: what its rules find reaches walls at once, by what this host knows of it, and is kept in order for
/// the ledger. There it may come to something else, for example when it has an open alert of the rule that this host has not heard of.
/// </summary>
internal sealed class AlertsMeanwhile
{
    private readonly AlertBoard _board;
    private readonly TimeSpan _autoCloseAfter;
    private readonly Dictionary<string, RuleWatch> _watches;
    private readonly List<(AlertCommand.Observe, DateTimeOffset)> _observed = [];
    private readonly Dictionary<string, AlertView> _shown = new(StringComparer.Ordinal);

    /// <param name="board">Where it is shown.</param>
    /// <param name="open">The sensor's open alerts on it.</param>
    /// <param name="unsaved">What this host has not stored yet.</param>
    /// <param name="autoCloseAfter"><see cref="AlertOptions.AutoCloseAfter"/>.</param>
    public AlertsMeanwhile(AlertBoard board, IEnumerable<AlertView> open, IEnumerable<RuleWatch> unsaved, TimeSpan autoCloseAfter)
    {
        (_board, _autoCloseAfter) = (board, autoCloseAfter);
        _watches = unsaved.ToDictionary(watch => watch.Rule, StringComparer.Ordinal);
        foreach (var alert in open.OrderBy(view => view.RaisedAt).Select(view => view.ToAlert()))
            _watches.TryAdd(alert.Rule, new RuleWatch(alert.Rule) { Condition = alert.ClearedAt is null ? alert.Severity : null, Open = alert });
    }

    /// <summary>What was observed and when; bounded by what a sensor tells before it waits.</summary>
    public IReadOnlyList<(AlertCommand.Observe Command, DateTimeOffset At)> Observed => _observed;

    public void Observe(AlertCommand.Observe command, DateTimeOffset now)
    {
        var before = _watches.GetValueOrDefault(command.Change.Rule) ?? new RuleWatch(command.Change.Rule);
        var (after, events, _) = AlertLifecycle.Step(before, command, now, _autoCloseAfter);
        if (ReferenceEquals(after, before)) return;
        _watches[after.Rule] = after;
        _observed.Add((command, now));
        if (events.Count == 0) return;
        var view = AlertView.Of(events.Aggregate(before.Open, (current, happened) => happened.Apply(current))!);
        _board.Publish(_shown[view.Id] = view);
    }

    /// <summary>Shows what it has come to. What stays the first of its alert is shown again all the same: only now can its surroundings be kept.</summary>
    /// <param name="saves">The steps that the ledger gets.</param>
    public void Settle(IEnumerable<AlertSave> saves)
    {
        var settled = new Dictionary<string, AlertView>(StringComparer.Ordinal);
        foreach (var save in saves)
            if (save.Alert is { } alert) settled[alert.Id] = AlertView.Of(alert);
        foreach (var view in settled.Values)
        {
            if (_shown.TryGetValue(view.Id, out var shown) && shown.Version > view.Version) _board.Correct(shown, view);
            else if (shown != view || view.Version == 1) _board.Publish(view);
        }
        foreach (var (id, shown) in _shown)
        {
            if (settled.ContainsKey(id)) continue;
            _board.Disown(id);
            _board.Correct(shown, null);
        }
    }
}
