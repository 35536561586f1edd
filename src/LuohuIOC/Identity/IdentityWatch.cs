using System.Data.Common;

namespace LuohuIOC.Identity;

/// <summary>
/// Of several hosts: looks every second for tokens and secrets that another host has made, replaced or withdrawn. While the database is away,
/// what is known holds on.
/// </summary>
internal sealed partial class IdentityWatch(IdentityDatabase database, TokenBook tokens, GatewaySecrets secrets, TimeProvider clock, ILogger<IdentityWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!database.IsShared) return;
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            tokens.Load();
            await secrets.RefreshAsync(stopping);
            _failing = false;
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            if (!_failing) LogFailed(e.Message);
            _failing = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tokens and secrets that other hosts have changed cannot be read, it is tried again: {Cause}")]
    private partial void LogFailed(string cause);
}
