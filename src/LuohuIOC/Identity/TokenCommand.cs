using LuohuIOC.Http;
using LuohuIOC.Storage;
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

    private const string List = "--list";

    private static readonly Dictionary<string, string> Switches = new() { ["--role"] = "role", ["--name"] = "name", ["--days"] = "days", ["--revoke"] = "revoke" };

    /// <param name="args">Without the verb.</param>
    /// <param name="output">Gets the token alone, so that a shell can take it up; the usage when that is asked for.</param>
    /// <param name="notes">Gets everything else.</param>
    /// <param name="clock">For times of issue and expiry.</param>
    /// <returns>0, or 2 when the arguments make no sense or there is no host's data directory.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var line = CommandLine.Read(args, Switches, List);
        if (line.Answer("token.usage", output, notes) is { } code) return code;
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables()
            .AddInMemoryCollection(line.Values).AddSecretFiles().Build();
        // A token in a new file beside the host's would open nothing, and a mistyped directory would look like an empty one.
        if (!IdentityDatabase.IsThere(configuration)) return Say(notes, 2, "token.no-data", IdentityFile.DataDirectoryOf(configuration));
        FileRights.Restrict();
        using var database = IdentityDatabase.Of(configuration);
        var tokens = new TokenBook(database, clock);
        if (line.Has(List)) return Tell(tokens, output, clock);
        if (line["revoke"] is { } id) return Revoke(tokens, id, notes);
        return Issue(tokens, line, output, notes, clock);
    }

    private static int Issue(TokenBook tokens, CommandLine line, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var name = line["name"]?.Trim() ?? "";
        var days = 0;
        var isSound = TokenBook.IsLegible(name)
            & Roles.TryParse(line["role"], out var role)
            & (line["days"] is not { } text || (int.TryParse(text, out days) && days is > 0 and <= 36_500));
        if (!isSound) return Say(notes, 2, "token.usage");
        if (Legible.IsReserved(name)) return Say(notes, 2, "problem.token-name-reserved.detail", name);
        if (tokens.IsTaken(name)) return Say(notes, 2, "problem.token-name-taken.detail", name);
        var (token, clear) = tokens.Issue(name, role, days > 0 ? clock.GetUtcNow().AddDays(days) : null);
        output.WriteLine(clear);
        return Say(notes, 0, "token.issued", token.Id, Roles.NameOf(role), name);
    }

    private static int Revoke(TokenBook tokens, string id, TextWriter notes) =>
        tokens.Revoke(id) ? Say(notes, 0, "token.revoked", id) : Say(notes, 2, "token.unknown", id);

    private static int Tell(TokenBook tokens, TextWriter output, TimeProvider clock)
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
