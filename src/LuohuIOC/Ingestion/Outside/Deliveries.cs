using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// Messages of one connection between their arrival and their acknowledgement, which leaves when the journal holds the message, in the order in
/// which they came (MQTT 5, 4.6). What is not acknowledged when the connection ends, the broker sends again.
/// </summary>
internal sealed class Deliveries : IDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly PublishIntake _intake;
    private readonly PublishSource _source;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<OutsideFault> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(MqttApplicationMessageReceivedEventArgs Message, Task Durable)> _waiting;
    private readonly Task _acknowledging;
    private volatile bool _draining;
    private long _received;
    private long _redelivered;

    public Deliveries(PublishIntake intake, PublishSource source, int inFlightMax)
    {
        _intake = intake;
        _source = source;
        _waiting = Channel.CreateBounded<(MqttApplicationMessageReceivedEventArgs, Task)>(new BoundedChannelOptions(inFlightMax) { SingleReader = true, SingleWriter = true });
        _acknowledging = AcknowledgeAsync();
    }

    /// <summary>Completes when a message could not be stored: then nothing behind it may be acknowledged.</summary>
    public Task<OutsideFault> Failed => _failed.Task;

    public long Received => Interlocked.Read(ref _received);

    /// <summary>Those of them that the broker had sent before.</summary>
    public long Redelivered => Interlocked.Read(ref _redelivered);

    public int Unacknowledged => _waiting.Reader.Count;

    /// <summary>Takes one message. Completes when the next may come.</summary>
    public async Task TakeAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        received.AutoAcknowledge = false;
        if (_draining || _over.IsCancellationRequested) return;
        try
        {
            if (_intake.IsFull) await _intake.WaitForRoomAsync(_over.Token);
            var message = received.ApplicationMessage;
            Interlocked.Increment(ref _received);
            if (message.Dup) Interlocked.Increment(ref _redelivered);
            // Always success: a refusal is kept here, and no broker could do anything about it.
            var durable = _intake.Take(_source, message, out _);
            if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return;
            if (!_waiting.Writer.TryWrite((received, durable))) await _waiting.Writer.WriteAsync((received, durable), _over.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The connection is over; the broker sends it again.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Acknowledges one message, in its turn, without reading it. Completes when the next may come.</summary>
    public async Task PassAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        received.AutoAcknowledge = false;
        if (_draining || _over.IsCancellationRequested || received.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return;
        try
        {
            if (!_waiting.Writer.TryWrite((received, Task.CompletedTask))) await _waiting.Writer.WriteAsync((received, Task.CompletedTask), _over.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The connection is over; the broker sends it again.
        }
    }

    /// <summary>Takes no more, and gives what was taken a moment to be acknowledged.</summary>
    public async Task DrainAsync(TimeProvider time)
    {
        _draining = true;
        _waiting.Writer.TryComplete();
        await Task.WhenAny(_acknowledging, Task.Delay(DrainMax, time));
        await _over.CancelAsync();
    }

    public void Dispose()
    {
        _over.Cancel();
        _waiting.Writer.TryComplete();
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            await foreach (var (message, durable) in _waiting.Reader.ReadAllAsync(_over.Token))
            {
                if (!durable.IsCompletedSuccessfully) await durable.WaitAsync(_over.Token);
                await message.AcknowledgeAsync(_over.Token);
            }
        }
        catch (Exception e) when (_over.IsCancellationRequested || e is MqttCommunicationException or ObjectDisposedException)
        {
            // The connection is over, which its own end says.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            // Whoever waits for room waits for nobody now, and the client tells of a connection's end only after that.
            await _over.CancelAsync();
        }
    }

    private void Fail(Exception e) =>
        _failed.TrySetResult(new OutsideFault(OutsideFaultKind.Storing, $"a message could not be stored ({e.GetType().Name}: {e.Message}); it is not acknowledged and comes again"));
}
