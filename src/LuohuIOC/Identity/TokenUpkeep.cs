namespace LuohuIOC.Identity;

/// <summary>Makes the first administrator's token at first start and writes last-used times once a minute and at the end.</summary>
public sealed partial class TokenUpkeep(TokenBook tokens, IdentityDatabase database, CredentialFiles files, TimeProvider clock, ILogger<TokenUpkeep> log) : BackgroundService
{
    /// <summary>The first token's holder in lists and records, until the district issues tokens to persons.</summary>
    public const string FirstHolder = "administrator";

    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        EnsureFirstAdministrator();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Write();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Write();
    }

    /// <summary>
    /// Only while <c>identity.db</c> has never held an administrator's token: afterwards a deleted file is the installer's wish,
    /// and <c>./ioc token</c> is the way to a new one. Of several hosts each makes its own, which holds on all, once.
    /// </summary>
    private void EnsureFirstAdministrator()
    {
        var text = files.ReadAdministratorToken();
        var isMade = database.IsShared
            ? File.Exists(files.AdministratorMade) && (text is null || tokens.Find(TokenText.IdOf(text)!) is not null)
            : tokens.All().Any(t => t.Role == Role.Administrator);
        if (isMade) return;
        if (text is null) files.WriteAdministratorToken(text = TokenText.Generate());
        if (tokens.Find(TokenText.IdOf(text)!) is null)
        {
            tokens.Adopt(text, FirstHolder, Role.Administrator, expiresAt: null);
            LogFirst(files.AdministratorToken);
        }
        if (database.IsShared) files.NoteAdministratorMade(TokenText.IdOf(text)!);
    }

    private void Write()
    {
        try
        {
            tokens.WriteLastUsed();
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or TimeoutException)
        {
            // Kept in memory and tried again next minute: a full disk or a server that is away must not end the host over a convenience.
            LogUnwritten(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The first administrator's token is in {File}.")]
    private partial void LogFirst(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tokens' times of last use could not be written.")]
    private partial void LogUnwritten(Exception e);
}
