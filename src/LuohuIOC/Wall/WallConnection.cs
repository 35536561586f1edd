using System.Security.Claims;
using System.Threading.Channels;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using MessagePack;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace LuohuIOC.Wall;

/// <summary>How one browser keeps pace, answered to its <c>Stats()</c>.</summary>
/// <param name="AlertsSent">Alert messages sent.</param>
/// <param name="AlertsQueued">Alerts that wait.</param>
/// <param name="FramesSent">Messages of readings sent.</param>
/// <param name="FramesDropped">Frames of readings that were merged into a later one because the browser was slow.</param>
/// <param name="Resyncs">Times that its alert queue overflowed.</param>
[MessagePackObject]
public sealed record WallStats(
    [property: Key("alertsSent")] long AlertsSent,
    [property: Key("alertsQueued")] int AlertsQueued,
    [property: Key("framesSent")] long FramesSent,
    [property: Key("framesDropped")] long FramesDropped,
    [property: Key("resyncs")] long Resyncs);

/// <summary>
/// One browser: a mailbox that anyone may fill without waiting, and one loop that empties it as fast as the browser reads. SignalR is
/// given one message at a time, so that what waits, waits here where it is bounded.
/// </summary>
internal sealed class WallConnection(
    HubConnectionContext connection, string language, WallOptions options, SensorRegistry registry, LatestBoard latest, WallMeters meters,
    TimeProvider time, ILogger logger)
{
    private static readonly SerializedHubMessage Resync = new(new InvocationMessage("resync", []));

    private readonly Mailbox _mailbox = new(options.AlertsQueuedMax);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private long _alertsSent;
    private long _framesSent;
    private long _framesDropped;
    private long _resyncs;

    public WallStats Stats => new(
        Interlocked.Read(ref _alertsSent), _mailbox.AlertsQueued, Interlocked.Read(ref _framesSent), Interlocked.Read(ref _framesDropped),
        Interlocked.Read(ref _resyncs));

    public void Put(AlertNotice alert)
    {
        if (!_mailbox.Put(alert))
        {
            Interlocked.Increment(ref _resyncs);
            meters.Resync();
        }
        _wake.Writer.TryWrite(true);
    }

    public void Put(ReadingsFrame frame)
    {
        if (!_mailbox.Put(frame))
        {
            Interlocked.Increment(ref _framesDropped);
            meters.FrameDropped();
        }
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Runs until <see cref="Stop"/>, the browser's end or its silence.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(connection.ConnectionAborted))
            {
                _wake.Reader.TryRead(out _);
                while (_mailbox.TryTake(out var parcel)) await SendAsync(parcel.Value);
            }
        }
        catch (TimeoutException)
        {
            meters.Hung();
            logger.LogWarning("Browser {Connection} of {User} took nothing for {Timeout} and is disconnected.", connection.ConnectionId, connection.UserIdentifier, options.SendTimeout);
            connection.Abort();
        }
        catch (OperationCanceledException)
        {
            logger.LogDebug("Browser {Connection} is gone.", connection.ConnectionId);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Browser {Connection}: a message could not be sent; it is disconnected and may come back.", connection.ConnectionId);
            connection.Abort();
        }
    }

    /// <summary>True when the browser showed this access token.</summary>
    /// <summary>The token that opened it, null where none did.</summary>
    public string? TokenId => connection.User.FindFirstValue(ClaimTypes.NameIdentifier);

    public void Abort()
    {
        logger.LogWarning("Browser {Connection} of {User} is disconnected: its token was revoked.", connection.ConnectionId, connection.UserIdentifier);
        connection.Abort();
    }

    public void Stop() => _wake.Writer.TryComplete();

    private async ValueTask SendAsync(Parcel parcel)
    {
        var message = parcel switch
        {
            { Resync: true } => Resync,
            { Alert: { } alert } => alert.In(language),
            { Frame: { } frame } => frame[parcel.Message],
            _ => ReadingsFrame.MessageOf(parcel.Sensors!, registry, latest),
        };
        var sent = connection.WriteAsync(message, connection.ConnectionAborted);
        if (sent.IsCompletedSuccessfully) await sent;
        else await sent.AsTask().WaitAsync(options.SendTimeout, time, connection.ConnectionAborted);
        if (parcel.Alert is not null)
        {
            Interlocked.Increment(ref _alertsSent);
            meters.AlertSent();
        }
        else if (!parcel.Resync)
        {
            Interlocked.Increment(ref _framesSent);
            meters.FrameSent();
        }
    }
}
