using LuohuIOC.Alerts;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Whether the state from which a sensor goes on has what was judged last. One that a host has left which died may lack its last seconds, and with them alerts
/// that were raised or ended. First it is held against what this host shows, and only where that differs the ledger is asked; and once more when the hosts have
/// compared what they show with the ledger, since the dead host's last words may not have come through.
/// </summary>
/// <param name="sensor">Id of the sensor.</param>
/// <param name="shown">What this host shows.</param>
/// <param name="ledger">What stands by the ledger; null while it cannot be asked.</param>
/// <param name="time">Clock.</param>
internal sealed class StateCheck(string sensor, IOpenAlerts shown, Func<Task<StandingAlert[]?>> ledger, TimeProvider time)
{
    /// <summary>From the beginning to the second look.</summary>
    public static readonly TimeSpan Compared = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(2);

    private readonly Moment _second = Moment.After(time, Compared);
    private Moment _next;

    /// <summary>Nothing is left to be looked at.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What stands by the ledger, where that is something else; null when there is nothing to be done, or not yet.</summary>
    /// <param name="agrees">Whether the sensor holds what stands.</param>
    public async ValueTask<IReadOnlyList<StandingAlert>?> LookAsync(Func<IReadOnlyList<StandingAlert>, bool> agrees)
    {
        if (IsOver || !_next.HasCome(time)) return null;
        if (agrees(shown.StandingOf(sensor)))
        {
            Looked();
            return null;
        }
        _next = Moment.After(time, AgainAfter);
        var asked = ledger();
        try
        {
            if (await asked.WaitAsync(Patience, time) is not { } standing) return null;
            Looked();
            return agrees(standing) ? null : standing;
        }
        catch (Exception e) when (!asked.IsCompleted || PassingFault.Is(e))
        {
            _ = asked.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
            return null;
        }
    }

    private void Looked()
    {
        IsOver = _second.HasCome(time);
        _next = _second;
    }
}
