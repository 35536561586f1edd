using System.Collections.Concurrent;

namespace LuohuIOC.Alerts;

/// <summary>
/// The open alerts in memory, and the place from which every transition goes out at once, before it is on disk:
/// a wall must not wait for an fsync. Bounded by sensors × rules. Should the process die between the two, the replay of the journal
/// raises the same alert with the same id again.
/// </summary>
public sealed class AlertBoard : IOpenAlerts
{
    private const int ClosedMax = 10_000;

    private readonly ConcurrentDictionary<string, AlertView> _open = new(StringComparer.Ordinal);

    // The newest closed ones and their versions: closed is for ever, and what another host still tells of them is old unless it is a mark.
    private readonly ConcurrentDictionary<string, int> _closed = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _closedInOrder = new();

    // Open ones whose last transition happened in this process, which sees to it that it is stored.
    private readonly ConcurrentDictionary<string, bool> _own = new(StringComparer.Ordinal);

    /// <summary>
    /// A transition, on the thread of the sensor's grain: a handler queues and returns, never waits, never throws.
    /// The view is in Chinese; <see cref="AlertView.In"/> gives another language.
    /// </summary>
    public event Action<AlertView>? Changed;

    /// <summary>As <see cref="Changed"/>, but only what happened in this process: what the other hosts do not know yet.</summary>
    public event Action<AlertView>? HappenedHere;

    public int Count => _open.Count;

    public IEnumerable<AlertView> Open => _open.Select(entry => entry.Value);

    public IReadOnlyList<StandingAlert> StandingOf(string sensorId) =>
    [
        .. Open.Where(a => a.SensorId == sensorId && a.ClearedAt is null).Select(a => new StandingAlert(a.Rule, AlertWords.SeverityOf(a.Severity), a.ObservedAt, a.Furthest)),
    ];

    public bool TryFind(string id, out AlertView? view) => _open.TryGetValue(id, out view);

    /// <summary>Shows a transition: the board first, then whoever listens, so that a snapshot taken after a message is never older than it.</summary>
    public void Publish(AlertView view)
    {
        _own[view.Id] = true;
        Set(view);
        Changed?.Invoke(view);
        HappenedHere?.Invoke(view);
    }

    /// <summary>Shows a transition that happened on another host.</summary>
    public void Learn(AlertView view)
    {
        if (_open.TryGetValue(view.Id, out var known) && known.Version >= view.Version) return;
        if (_closed.TryGetValue(view.Id, out var closed) && (closed >= view.Version || !IsClosed(view))) return;
        _own.TryRemove(view.Id, out _);
        Set(view);
        Changed?.Invoke(view);
    }

    /// <summary>The open alert's last transition happened here: it is stored, or will be.</summary>
    public bool IsOwn(string id) => _own.ContainsKey(id);

    /// <summary>What was shown of it will never be stored.</summary>
    public void Disown(string id) => _own.TryRemove(id, out _);

    /// <summary>
    /// Puts what the ledger has in the place of what a host has told and then died without storing it. Nothing happens when something else is shown
    /// by now.
    /// </summary>
    /// <param name="shown">What was told.</param>
    /// <param name="stored">What is stored; null for nothing at all.</param>
    public void Correct(AlertView shown, AlertView? stored)
    {
        if (stored is null ? !_open.TryRemove(KeyValuePair.Create(shown.Id, shown)) : !_open.TryUpdate(shown.Id, stored, shown)) return;
        Changed?.Invoke(stored ?? shown with { State = AlertWords.Of(AlertState.Closed), Version = shown.Version + 1 });
    }

    /// <summary>Fills the board at start without telling anyone.</summary>
    public void Load(IEnumerable<AlertView> open)
    {
        foreach (var view in open) Set(view);
    }

    private void Set(AlertView view)
    {
        if (IsClosed(view))
        {
            if (_closed.TryAdd(view.Id, view.Version)) _closedInOrder.Enqueue(view.Id);
            else _closed[view.Id] = view.Version;
            if (_closedInOrder.Count > ClosedMax && _closedInOrder.TryDequeue(out var forgotten)) _closed.TryRemove(forgotten, out _);
            _open.TryRemove(view.Id, out _);
            _own.TryRemove(view.Id, out _);
        }
        else _open.AddOrUpdate(view.Id, view, (_, known) => known.Version > view.Version ? known : view);
    }

    private static bool IsClosed(AlertView view) => view.State == AlertWords.Of(AlertState.Closed);
}
