using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using LuohuIOC.Http;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Identity;

/// <summary>
/// Bearer tokens: <c>Authorization: Bearer ioc_…</c>, and under <c>/hubs</c> also <c>?access_token=</c> with a ticket of <see cref="HubTickets"/>,
/// because a browser cannot set headers on a WebSocket; programs may give the token itself there. Under <c>/admin</c> also as the password of HTTP Basic. The user's name is the token's holder,
/// the name identifier its id, the role its role.
/// </summary>
public sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, TokenBook tokens, HubTickets tickets,
    FailedAttempts failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "Bearer";

    // Pages that are not ours and know of no token: there the browser itself asks, and the token is the password.
    private const string AdminPath = "/admin";

    private const string Prefix = "Bearer ";
    private const string BasicPrefix = "Basic ";

    private TokenVerdict? _verdict;
    private TimeSpan? _wait;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedToken(Request) is not { } text) return AuthenticateResult.NoResult();
        AccessToken? token;
        if (text.StartsWith(HubTickets.Prefix, StringComparison.Ordinal)) (_verdict, token) = await RedeemAsync(text);
        else _verdict = tokens.Check(text, out token);
        if (_verdict != TokenVerdict.Valid)
        {
            _wait = failures.Record(Context.Connection.RemoteIpAddress ?? IPAddress.None);
            return AuthenticateResult.Fail("The token is not valid.");
        }
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, token!.Id), new(ClaimTypes.Name, token.Name), new(ClaimTypes.Role, Roles.NameOf(token.Role))], SchemeName);
        // The expiry lets SignalR end a connection that outlives its token (CloseOnAuthenticationExpiration).
        var properties = new AuthenticationProperties { ExpiresUtc = token.ExpiresAt };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_wait is { } wait)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Problem.Of(Context, StatusCodes.Status429TooManyRequests, "too-many-attempts", seconds).ExecuteAsync(Context);
        }
        if (Request.Path.StartsWithSegments(AdminPath)) Response.Headers.WWWAuthenticate = "Basic realm=\"LuohuIOC\", charset=\"UTF-8\"";
        else Response.Headers.WWWAuthenticate = _verdict is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        var code = _verdict switch
        {
            null => "token-missing",
            TokenVerdict.ExpiredOrRevoked => "token-expired",
            _ => "token-invalid",
        };
        return Problem.Of(Context, StatusCodes.Status401Unauthorized, code).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var language = TextBook.LanguageOf(Request);
        var role = TextBook.Get(language, $"role.{Context.User.FindFirstValue(ClaimTypes.Role)}");
        return Problem.Of(Context, StatusCodes.Status403Forbidden, "role-too-low", role).ExecuteAsync(Context);
    }

    private async Task<(TokenVerdict Verdict, AccessToken? Token)> RedeemAsync(string text)
    {
        var id = Request.Path.StartsWithSegments("/hubs") ? await tickets.RedeemAsync(text, Context.RequestAborted) : null;
        if (id is null || tokens.FindAnywhere(id) is not { } token) return (TokenVerdict.Unknown, null);
        return (token.IsUsable(TimeProvider.GetUtcNow()) ? TokenVerdict.Valid : TokenVerdict.ExpiredOrRevoked, token);
    }

    /// <summary><c>YWRtaW46aW9jX3g=</c> → <c>ioc_x</c>; empty when it is not that.</summary>
    private static string PasswordOf(string basic)
    {
        Span<byte> bytes = stackalloc byte[512];
        if (!Convert.TryFromBase64String(basic, bytes, out var length)) return "";
        var text = Encoding.UTF8.GetString(bytes[..length]);
        return text[(text.IndexOf(':') + 1)..];
    }

    private static string? PresentedToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return header[Prefix.Length..].Trim();
        if (header.StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase) && request.Path.StartsWithSegments(AdminPath)) return PasswordOf(header[BasicPrefix.Length..].Trim());
        if (header.Length > 0 || !request.Path.StartsWithSegments("/hubs")) return null;
        var query = request.Query["access_token"].ToString();
        return query.Length > 0 ? query : null;
    }
}
