using System.Data.Common;
using System.Threading.Channels;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>
/// Sends what waits for a gateway once it subscribes to its commands, on whichever host it does, and again what it has not answered: its connection may
/// have broken while that was on the way. The database is asked beside the connection that subscribes, which need not wait for it.
/// </summary>
internal sealed partial class WaitingCommands(
    CommandBook book, CommandPublisher publisher, CommandSubscribers subscribers, TimeProvider time, ILogger<WaitingCommands> log) : BackgroundService
{
    /// <summary>Subscriptions to be looked at; beyond, what waits is sent with the gateway's next one.</summary>
    private const int SubscriptionsMax = 100_000;

    private const string Restart = "restart";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Channel<(string Gateway, string? Sensor)> _subscribed =
        Channel.CreateBounded<(string, string?)>(new BoundedChannelOptions(SubscriptionsMax) { SingleReader = true });

    /// <summary>The gateway may have subscribed before the command was written down.</summary>
    public void LookIfHere(DeviceCommand command)
    {
        if (subscribers.Any(command.Gateway, command.Sensor)) Look(command.Gateway, command.Sensor);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        subscribers.Subscribed += Look;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        subscribers.Subscribed -= Look;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (gateway, sensor) in _subscribed.Reader.ReadAllAsync(stoppingToken))
        {
            var sent = new HashSet<string>(StringComparer.Ordinal);
            while (!await TrySendAsync(gateway, sensor, sent, stoppingToken)) await Task.Delay(Again, time, stoppingToken);
        }
    }

    private void Look(string gateway, string? sensor) => _subscribed.Writer.TryWrite((gateway, sensor));

    // What was sent when the database failed is not sent again with the next try.
    private async Task<bool> TrySendAsync(string gateway, string? sensor, HashSet<string> sent, CancellationToken cancellation)
    {
        try
        {
            foreach (var command in book.UnansweredOf(gateway, sensor))
            {
                // A device that restarts before its answer is out would restart for ever.
                if (command is { State: CommandState.Sent, Name: Restart }) continue;
                if (sent.Add(command.Id)) await publisher.PublishHereAsync(command, cancellation);
                if (command.State is CommandState.Waiting) book.NoteSent(command.Id);
            }
            return true;
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            LogFailed(gateway, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Commands that gateway {Gateway} has not answered cannot be read, it is tried again: {Cause}")]
    private partial void LogFailed(string gateway, string cause);
}
