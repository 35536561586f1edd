using LuohuIOC.Alerts;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Tells a sensor's alerts what its rules have found, for the sensor's grain and on its thread. What the ledger has not taken stays in the list and is told
/// again; alerts pass over what they know.
/// </summary>
/// <param name="changes">The grain's: new ones come at its end, those that are durable are taken from its beginning.</param>
/// <param name="alerts">The sensor's.</param>
/// <param name="time">Clock.</param>
/// <param name="keep">Gets what the ledger does not take for now.</param>
/// <param name="forget">Gets of it what the ledger has.</param>
internal sealed class AlertTelling(List<RuleChange> changes, IAlertGrain alerts, TimeProvider time, Action<IReadOnlyList<RuleChange>> keep, Action<IReadOnlyList<RuleChange>> forget)
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// So long a call waits until the ledger has its alerts. Walls show them by then; readings must not wait for a ledger that is away, which within
    /// seconds would stop the taking of readings, and with it the alerts of all other sensors.
    /// </summary>
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(1);

    /// <summary>More untold changes than this wait for the ledger after all: memory is bounded.</summary>
    private const int UntoldMax = 1_000;

    // The one call that waits for the ledger, and how many changes it brought: another beside it would wait for the same, for the half minute of Orleans.
    private Task? _pending;
    private int _brought;

    // So many walls have been told of.
    private int _shown;
    private Task _showing = Task.CompletedTask;

    // So many are kept, the first ones: what its grain would lose with the process.
    private int _kept;

    private Moment _again;

    /// <summary>When <see cref="TellAsync"/> wants to be called next, while it has said that not all is told.</summary>
    public DateTimeOffset AgainAt { get; private set; }

    /// <summary>Takes from the list what has become durable meanwhile.</summary>
    public void Settle()
    {
        if (_pending is not { IsCompleted: true } ended) return;
        _pending = null;
        if (!ended.IsCompletedSuccessfully)
        {
            _ = ended.Exception;
            return;
        }
        if (_kept > 0) forget(changes.GetRange(0, Math.Min(_kept, _brought)));
        _kept = Math.Max(0, _kept - _brought);
        changes.RemoveRange(0, _brought);
        _shown = Math.Max(0, _shown - _brought);
    }

    /// <returns>True: the ledger has all of them. False: walls show them, as far as their grain answers.</returns>
    public async ValueTask<bool> TellAsync()
    {
        Settle();
        if (changes.Count == 0) return true;
        if (_shown == changes.Count && !_again.HasCome(time)) return false;
        (_again, AgainAt) = (Moment.After(time, TellAgainAfter), time.GetUtcNow() + TellAgainAfter);
        if (_pending is null)
        {
            (_pending, _brought) = (alerts.Observe([.. changes]), changes.Count);
            await WaitAsync(_pending);
        }
        else if (changes.Count > UntoldMax) await WaitAsync(_pending);
        else await ShowAsync();
        Settle();
        Keep();
        return changes.Count == 0;
    }

    /// <summary>Keeps what is not told yet: its grain may end.</summary>
    public void Keep()
    {
        if (_kept == changes.Count) return;
        keep(changes.GetRange(_kept, changes.Count - _kept));
        _kept = changes.Count;
    }

    private async Task WaitAsync(Task told)
    {
        var isBounded = changes.Count <= UntoldMax;
        try
        {
            await (isBounded ? told.WaitAsync(LedgerPatience, time) : told);
        }
        catch (Exception e) when (isBounded && (!told.IsCompleted || PassingFault.Is(e)))
        {
            _ = told.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
            _shown = changes.Count;
        }
    }

    // A call that went astray, or a host that hangs, must not keep from walls what came since; nor may these calls pile up.
    private async Task ShowAsync()
    {
        if (!_showing.IsCompleted) return;
        _showing = alerts.Show([.. changes]);
        try
        {
            await _showing.WaitAsync(LedgerPatience, time);
            _shown = changes.Count;
        }
        catch (Exception e) when (!_showing.IsCompleted || PassingFault.Is(e))
        {
            _ = _showing.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        }
    }
}
