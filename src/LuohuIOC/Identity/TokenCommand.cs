using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Identity;

/// <summary>
/// <c>token --role administrator --name 张三 [--days 90]</c>, <c>token --list</c>, <c>token --revoke ID</c>: tokens from the server's own command
/// line, for when the first one is lost. Works on <c>DataDirectory</c> or,
/// when it is configured, on <c>Cluster:PostgreSql</c>, whether a host runs or not; whoever may write there may do this.
/// </summary>
public static class TokenCommand
{
    public const string Verb = "token";

    /// <param name="args">Without the verb.</param>
    /// <param name="output">Gets the token alone, so that a shell can take it up.</param>
    /// <param name="notes">Gets everything else.</param>
    /// <param name="clock">For times of issue and expiry.</param>
    /// <returns>0, or 2 when the arguments make no sense.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var list = args.Contains("--list");
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables()
            .AddCommandLine([.. args.Where(a => a != "--list")]).AddSecretFiles().Build();
        using var database = IdentityDatabase.Of(configuration);
        var tokens = new TokenBook(database, clock);
        if (list) return List(tokens, output, clock);
        if (configuration["revoke"] is { } id) return Revoke(tokens, id, notes);
        return Issue(tokens, configuration, output, notes, clock);
    }

    private static int Issue(TokenBook tokens, IConfiguration configuration, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var name = configuration["name"]?.Trim() ?? "";
        var days = 0;
        var isSound = TokenBook.IsLegible(name)
            & Roles.TryParse(configuration["role"], out var role)
            & (configuration["days"] is not { } text || (int.TryParse(text, out days) && days is > 0 and <= 36_500));
        if (!isSound) return Say(notes, 2, "token.usage");
        if (TokenBook.IsReserved(name)) return Say(notes, 2, "problem.token-name-reserved.detail", name);
        if (tokens.IsTaken(name)) return Say(notes, 2, "problem.token-name-taken.detail", name);
        var (token, clear) = tokens.Issue(name, role, days > 0 ? clock.GetUtcNow().AddDays(days) : null);
        output.WriteLine(clear);
        return Say(notes, 0, "token.issued", token.Id, Roles.NameOf(role), name);
    }

    private static int Revoke(TokenBook tokens, string id, TextWriter notes) =>
        tokens.Revoke(id) ? Say(notes, 0, "token.revoked", id) : Say(notes, 2, "token.unknown", id);

    private static int List(TokenBook tokens, TextWriter output, TimeProvider clock)
    {
        foreach (var token in tokens.All())
        {
            var state = token.IsUsable(clock.GetUtcNow()) ? "valid" : token.RevokedAt is null ? "expired" : "revoked";
            output.WriteLine($"{token.Id}\t{Roles.NameOf(token.Role)}\t{state}\t{token.ExpiresAt:yyyy-MM-ddTHH:mmZ}\t{token.Name}");
        }
        return 0;
    }

    private static int Say(TextWriter notes, int code, string key, params object?[] arguments)
    {
        notes.WriteLine($"{TextBook.Get(TextBook.Chinese, key, arguments)} / {TextBook.Get(TextBook.English, key, arguments)}");
        return code;
    }
}
