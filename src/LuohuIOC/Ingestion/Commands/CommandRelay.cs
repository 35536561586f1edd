using System.Data.Common;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>
/// Of several hosts: what an officer sends by one host goes out by the embedded broker of each other as well, since a gateway is connected to any of
/// them, and to another one after a failure. A gateway that is connected to two gets it twice; a device carries the same id out once.
/// </summary>
internal sealed partial class CommandRelay(
    CommandBook book, CommandPublisher publisher, WaitingCommands waiting, MqttServer server, TimeProvider time, ILogger<CommandRelay> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!book.IsShared) return;
        // From the beginning: what was sent while this host was away and has not expired goes to whoever has come back to it.
        var seen = 0L;
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!server.IsStarted) continue;
            try
            {
                foreach (var command in book.OfOthers(ref seen))
                    if (command.State is CommandState.Waiting) waiting.LookIfHere(command);
                    else await publisher.PublishHereAsync(command, stoppingToken);
                _failing = false;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                if (!_failing) LogFailed(e.Message);
                _failing = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Commands that were given to other hosts cannot be read, it is tried again: {Cause}")]
    private partial void LogFailed(string cause);
}
