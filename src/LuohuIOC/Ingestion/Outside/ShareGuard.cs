using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// The unshared session beside the share. mosquitto 2.0 writes ordinary subscriptions to its file and shared ones not: from its restart until a
/// host has subscribed again it acknowledges what comes and throws it away. An ordinary subscription keeps it.
/// </summary>
/// <remarks>
/// What comes by this session is taken from the connection's beginning until a mark returns that was sent when the share was seen to stand; from
/// there on the share brings the same, and it is acknowledged unread. What comes twice in between is one reading, as everything that a broker sends again; what is refused is kept twice.
/// </remarks>
/// <param name="setup">Where and how.</param>
/// <param name="deliveries">Where messages go that are taken.</param>
/// <param name="shareStands">True when a session of the share is subscribed at this very broker; asks it.</param>
/// <param name="time">Whose delays.</param>
internal sealed class ShareGuard(OutsideSetup setup, Deliveries deliveries, Func<CancellationToken, Task<bool>> shareStands, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private volatile bool _isWhole;

    /// <summary>True when the share brings everything again.</summary>
    public bool IsWhole => _isWhole;

    private string MarkTopic => setup.HostTopic(SessionName.GuardOf(setup.Options.Group).Host, "mark");

    /// <summary>What the session is subscribed to.</summary>
    public IReadOnlyList<string> Filters => [.. setup.Options.PlainFilters, MarkTopic];

    public Task TakeAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        if (message.Topic == MarkTopic)
        {
            if (Encoding.UTF8.GetString(message.Payload) == _mark) _isWhole = true;
            return deliveries.PassAsync(received);
        }
        // A retained one was taken when it was sent; a share is never given any.
        return _isWhole || message.Retain ? deliveries.PassAsync(received) : deliveries.TakeAsync(received);
    }

    /// <summary>Waits for the share and sends the mark; then there is nothing left to do until it is cancelled.</summary>
    /// <returns>Why the mark could not be sent.</returns>
    public async Task<OutsideFault> FailedAsync(OutsideConnection connection, CancellationToken cancellation)
    {
        try
        {
            while (!await shareStands(cancellation)) await Task.Delay(LookEvery, time, cancellation);
            await connection.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(MarkTopic).WithPayload(_mark).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancellation);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
            throw new OperationCanceledException(cancellation);
        }
        catch (OutsideFaultException e)
        {
            return e.Fault;
        }
    }
}
