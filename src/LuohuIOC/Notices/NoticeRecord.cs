using System.Collections.Concurrent;
using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>Has the alerts keep who was told of them. What a ledger does not take for now waits here, and is given again; alerts know what they have.</summary>
internal sealed class NoticeRecord(IGrainFactory grains, NoticeMeters meters, TimeProvider time, ILogger<NoticeRecord> logger)
{
    /// <summary>Notices that wait for a ledger at most; the oldest are forgotten, counted.</summary>
    private const int WaitingMax = 10_000;

    /// <summary>Alerts that are asked to keep theirs at once.</summary>
    private const int CallsMax = 16;

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<(AlertView Alert, NoticeDelivery Notice)> _waiting = new();
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private DateTimeOffset _failedAt = DateTimeOffset.MinValue;

    public bool IsWaiting => !_waiting.IsEmpty;

    public void Keep(IEnumerable<(AlertView Alert, NoticeDelivery Notice)> told)
    {
        foreach (var one in told) _waiting.Enqueue(one);
        Begin();
    }

    /// <summary>Begins to give what waits, unless that goes on, or has failed a moment ago.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_waiting.IsEmpty || !_running.IsCompleted || (time.GetUtcNow() - _failedAt).Duration() < Between) return;
            _running = Task.Run(GiveAsync, CancellationToken.None);
        }
    }

    private async Task GiveAsync()
    {
        var told = new List<(AlertView Alert, NoticeDelivery Notice)>();
        while (_waiting.TryDequeue(out var one)) told.Add(one);
        // One event for what an alert's recipients were told of one severity, or that it is over.
        await Parallel.ForEachAsync(told.GroupBy(one => (one.Alert.Id, one.Alert.Severity, one.Notice.Ended)), new ParallelOptions { MaxDegreeOfParallelism = CallsMax }, async (ofAlert, _) => await GiveAsync([.. ofAlert]));
    }

    private async Task GiveAsync((AlertView Alert, NoticeDelivery Notice)[] told)
    {
        var alert = told[0].Alert;
        try
        {
            await grains.GetGrain<IAlertGrain>(alert.SensorId).Notified(alert.Id, AlertWords.SeverityOf(alert.Severity), [.. told.Select(one => one.Notice)]);
        }
        catch (Exception e)
        {
            // Perhaps it has it, and could not say so: given again it adds nothing then.
            if (IsFirstForLong())
                logger.LogWarning(e, "Notices: the ledger does not take for now that {Alert} was told to {To}. It is given again.", alert.Id, string.Join(", ", told.Select(one => one.Notice.To)));
            foreach (var one in told) _waiting.Enqueue(one);
            while (_waiting.Count > WaitingMax && _waiting.TryDequeue(out _)) meters.Lost();
        }
    }

    private bool IsFirstForLong()
    {
        lock (_gate)
        {
            var (now, before) = (time.GetUtcNow(), _failedAt);
            _failedAt = now;
            return (now - before).Duration() > 10 * Between;
        }
    }
}
