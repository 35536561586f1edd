using CsCheck;
using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

/// <summary>The lifecycle against a slow reference that keeps everything and derives each answer anew, and against replays.</summary>
public sealed class AlertLifecyclePropertyTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    // Few instants, so that the same one comes again, in and out of order.
    private static readonly Gen<Step> Steps = Gen.OneOf(
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 60], (severity, second) => new Step('o', severity, second)),
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 60], (severity, second) => new Step('o', severity, second)),
        Gen.Int[0, 1].Select(actor => new Step('a', actor, 0)),
        Gen.Int[0, 1].Select(comment => new Step('c', comment, 0)),
        Gen.Int[1, 30].Select(hours => new Step('d', 0, hours)),
        Gen.Int[0, 30].Select(hours => new Step('t', 0, hours)));

    [Fact]
    public void Agrees_with_the_slow_reference() => Steps.List[0, ChangeMemory.KeysMax].Sample(steps =>
    {
        var now = Some.Now;
        var watch = new RuleWatch(Some.Rule);
        var slow = new SlowAlerts();
        foreach (var step in steps)
        {
            if (step.What == 't') now = now.AddHours(step.Time);
            var before = watch.Open;
            var (after, events, refusal) = AlertLifecycle.Step(watch, Command(step, watch, now), now, Day);
            watch = after;
            Assert.Equal(slow.Take(step, now), refusal);
            Assert.Equal(slow.Describe(), Describe(watch.Open));
            var folded = events.Aggregate(before, (alert, happened) => happened.Apply(alert));
            Assert.Equal(watch.Open, folded?.State == AlertState.Closed ? null : folded);
        }
    }, iter: 5_000);

    [Fact]
    public void A_replay_of_any_part_changes_nothing() => Gen.Select(Gen.Int[0, 4].List[1, 100], Gen.Int[0, 99], Gen.Int[1, 100]).Sample((severities, first, count) =>
    {
        var changes = severities.Select((severity, i) => Some.Observed(severity == 0 ? null : (Severity)severity, i + 1)).ToList();
        var watch = changes.Aggregate(new RuleWatch(Some.Rule), (w, change) => AlertLifecycle.Step(w, change, Some.Now, Day).Watch);
        foreach (var change in changes.Skip(first).Take(count))
        {
            var (again, events, _) = AlertLifecycle.Step(watch, change, Some.Now.AddHours(1), Day);
            Assert.Same(watch, again);
            Assert.Empty(events);
        }
    });

    [Fact]
    public void A_replay_from_any_point_of_a_crash_gives_the_same_ids() => Gen.Select(Gen.Int[0, 4].List[1, 60], Gen.Int[0, 59]).Sample((severities, crash) =>
    {
        var changes = severities.Select((severity, i) => Some.Observed(severity == 0 ? null : (Severity)severity, i + 1)).ToList();
        var (whole, wholeIds) = Run(new RuleWatch(Some.Rule), changes);
        // The store had everything up to the crash; the journal begins again somewhat earlier.
        var (stored, storedIds) = Run(new RuleWatch(Some.Rule), changes.Take(crash));
        var (resumed, resumedIds) = Run(stored, changes.Skip(Math.Max(0, crash - 10)));
        Assert.Equal(whole, resumed);
        Assert.Equal(wholeIds, storedIds.Concat(resumedIds));
    });

    private static (RuleWatch Watch, List<string> Raised) Run(RuleWatch watch, IEnumerable<AlertCommand> commands)
    {
        var raised = new List<string>();
        foreach (var command in commands)
        {
            var (after, events, _) = AlertLifecycle.Step(watch, command, Some.Now, Day);
            watch = after;
            raised.AddRange(events.Where(happened => happened.Type == AlertEventType.Raised).Select(happened => happened.AlertId));
        }
        return (watch, raised);
    }

    private static AlertCommand Command(Step step, RuleWatch watch, DateTimeOffset now) => step.What switch
    {
        'o' => Some.Observed(step.Level == 0 ? null : (Severity)step.Level, step.Time),
        'a' => new AlertCommand.Acknowledge(Some.Request(watch, step.Level == 0 ? "甲" : "乙")),
        'c' => new AlertCommand.Close(Some.Request(watch, comment: step.Level == 0 ? null : "原因")),
        'd' => new AlertCommand.Assign(Some.Request(watch) with { DueAt = now.AddHours(step.Time) }, "街道办"),
        _ => new AlertCommand.Expire(),
    };

    private static string Describe(Alert? open) => open is null
        ? "none" : $"{open.State} {open.Severity} worst {open.Worst} {(open.ClearedAt is null ? "holds" : "cleared")} by {open.AcknowledgedBy}{(open.OverdueAt is null ? "" : " overdue")}";

    internal sealed record Step(char What, int Level, int Time);

    /// <summary>One open alert as the list of what happened to it; every answer is read off that list.</summary>
    private sealed class SlowAlerts
    {
        private readonly HashSet<(int, int)> _seen = [];
        private readonly List<int> _conditions = [0];
        private List<(string What, int Level, DateTimeOffset At)>? _open;

        public AlertRefusal Take(Step step, DateTimeOffset now)
        {
            switch (step.What)
            {
                case 'o':
                    if (_seen.Add((step.Level, step.Time))) Observe(step.Level, now);
                    return AlertRefusal.None;
                case 't':
                    if (ClearedAt is { } cleared && now - cleared >= Day) _open = null;
                    else if (_open is not null && ClearedAt is null && !IsOverdue && Due is { } due && now >= due && HoldsSince <= due) _open.Add(("overdue", Level, now));
                    return AlertRefusal.None;
                case 'a' when _open is null:
                case 'c' when _open is null:
                case 'd' when _open is null:
                    return AlertRefusal.NotOpen;
                case 'a':
                    if (AcknowledgedBy is { } by) return by == step.Level ? AlertRefusal.None : AlertRefusal.AcknowledgedByAnother;
                    _open!.Add(("acknowledge", step.Level, now));
                    if (ClearedAt is not null) _open = null;
                    return AlertRefusal.None;
                case 'd':
                    _open!.Add(("due", step.Time, now));
                    return AlertRefusal.None;
                default:
                    if (step.Level == 0 && ClearedAt is null) return AlertRefusal.CommentRequired;
                    _open = null;
                    return AlertRefusal.None;
            }
        }

        public string Describe() => _open is null ? "none"
            : $"{(AcknowledgedBy is null ? AlertState.Raised : AlertState.Acknowledged)} {(Severity)Level} worst {(Severity)Worst} "
                + $"{(ClearedAt is null ? "holds" : "cleared")} by {AcknowledgedBy switch { 0 => "甲", 1 => "乙", _ => "" }}{(IsOverdue ? " overdue" : "")}";

        private void Observe(int level, DateTimeOffset now)
        {
            var condition = _conditions[^1];
            _conditions.Add(level);
            if (_open is null && level > condition) _open = [("level", level, now)];
            else if (level > 0) _open?.Add(("level", level, now));
            else if (_open is not null && ClearedAt is null)
            {
                if (AcknowledgedBy is not null || Worst <= 2) _open = null;
                else _open.Add(("level", 0, now));
            }
        }

        private IEnumerable<(int Level, DateTimeOffset At)> Levels => _open!.Where(e => e.What == "level").Select(e => (e.Level, e.At));

        private DateTimeOffset HoldsSince => _open!.FindLastIndex(e => e is { What: "level", Level: 0 }) is >= 0 and var ended ? _open.Skip(ended).First(e => e is { What: "level", Level: > 0 }).At : _open[0].At;

        private DateTimeOffset? Due => _open!.FindLast(e => e.What == "due") is { What: not null } last ? last.At.AddHours(last.Level) : null;

        private bool IsOverdue => _open!.FindLastIndex(e => e.What == "overdue") > _open.FindLastIndex(e => e.What == "due");

        private int Level => Levels.Last(e => e.Level > 0).Level;

        private DateTimeOffset? ClearedAt => _open is null || Levels.Last().Level > 0 ? null : Levels.Last().At;

        /// <summary>The last acknowledgement counts unless a higher level than the one it saw before came at some point after it, or a deadline passed.</summary>
        private int? AcknowledgedBy
        {
            get
            {
                var at = _open!.FindLastIndex(e => e.What == "acknowledge");
                if (at < 0) return null;
                return Rises(at).Any() ? null : _open[at].Level;
            }
        }

        /// <summary>Worst of the levels since the first rise after the last acknowledgement, or of all when there was none.</summary>
        private int Worst
        {
            get
            {
                var at = _open!.FindLastIndex(e => e.What == "acknowledge");
                var from = at >= 0 && Rises(at).Any() ? Rises(at).First() : FirstUnacknowledged(at);
                return _open.Skip(from).Take((at >= 0 && !Rises(at).Any() ? at : _open.Count) - from).Max(e => e.What is "level" or "overdue" ? e.Level : 0);
            }
        }

        private int FirstUnacknowledged(int before)
        {
            var at = before <= 0 ? -1 : _open!.FindLastIndex(before - 1, e => e.What == "acknowledge");
            return at < 0 ? 0 : Rises(at).First();
        }

        private IEnumerable<int> Rises(int after)
        {
            for (var i = after + 1; i < _open!.Count; i++)
            {
                if (_open[i].What == "overdue") yield return i;
                if (_open[i].What != "level") continue;
                var previous = _open.FindLastIndex(i - 1, e => e.What == "level");
                if (_open[i].Level > _open[previous].Level) yield return i;
            }
        }
    }
}
