using System.Diagnostics.CodeAnalysis;

namespace LuohuIOC.Wall;

/// <summary>What a browser's mailbox has for it next: exactly one of the four.</summary>
/// <param name="Resync">The browser missed alerts and must take a snapshot.</param>
/// <param name="Alert">An alert.</param>
/// <param name="Frame">A shared frame, of which <paramref name="Message"/> is next.</param>
/// <param name="Message">Index into the frame.</param>
/// <param name="Sensors">Sensors of which this browser missed frames; it gets their latest readings.</param>
internal readonly record struct Parcel(bool Resync, AlertNotice? Alert, ReadingsFrame? Frame, int Message, int[]? Sensors);

/// <summary>
/// What waits for one browser, bounded whatever the browser does: at most <c>alertsMax</c> alerts, one shared frame, and one bit a
/// sensor for the frames it missed (12.5 KB at 100,000 sensors). Alerts leave before readings. Full alerts: all are dropped and one
/// resync takes their place, after which the browser's snapshot has them. Putting never waits.
/// </summary>
internal sealed class Mailbox(int alertsMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<AlertNotice> _alerts = new();
    private readonly SensorSet _missed = new();
    private bool _resync;
    private ReadingsFrame? _frame;
    private int _nextMessage;

    public int AlertsQueued
    {
        get
        {
            lock (_gate) return _alerts.Count;
        }
    }

    /// <summary>Takes an alert; false when the queue overflowed just now.</summary>
    public bool Put(AlertNotice alert)
    {
        lock (_gate)
        {
            // The snapshot that follows the resync has this one too: the board is always ahead of the mailboxes.
            if (_resync) return true;
            if (_alerts.Count < alertsMax)
            {
                _alerts.Enqueue(alert);
                return true;
            }
            _alerts.Clear();
            _resync = true;
            return false;
        }
    }

    /// <summary>Takes a frame; false when the one before was still waiting and both became a note of which sensors to send later.</summary>
    public bool Put(ReadingsFrame frame)
    {
        lock (_gate)
        {
            if (_frame is null && _missed.IsEmpty)
            {
                (_frame, _nextMessage) = (frame, 0);
                return true;
            }
            if (_frame is { } late) _missed.Add(late.Sensors.AsSpan(_nextMessage * ReadingsFrame.MessageMax));
            _frame = null;
            _missed.Add(frame.Sensors);
            return false;
        }
    }

    public bool TryTake([NotNullWhen(true)] out Parcel? parcel)
    {
        lock (_gate)
        {
            parcel = Take();
            return parcel is not null;
        }
    }

    private Parcel? Take()
    {
        if (_resync)
        {
            _resync = false;
            return new Parcel(true, null, null, 0, null);
        }
        if (_alerts.TryDequeue(out var alert)) return new Parcel(false, alert, null, 0, null);
        if (_frame is { } frame)
        {
            var message = _nextMessage++;
            if (_nextMessage >= frame.Messages) _frame = null;
            return new Parcel(false, null, frame, message, null);
        }
        return _missed.IsEmpty ? null : new Parcel(false, null, null, 0, _missed.Take(ReadingsFrame.MessageMax));
    }
}
