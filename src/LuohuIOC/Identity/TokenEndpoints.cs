using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using LuohuIOC.Http;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LuohuIOC.Identity;

/// <summary>Who the caller is.</summary>
public sealed record Me(string Id, string Name, Role Role, DateTimeOffset? ExpiresAt);

/// <summary>Wish for a new token.</summary>
/// <param name="Name">The person or unit that will hold it, 1 to 80 characters.</param>
/// <param name="Role"><c>viewer</c>, <c>duty-officer</c> or <c>administrator</c>; text, so that another word is told which there are.</param>
/// <param name="ExpiresAt">Must lie ahead, without an offset Shanghai's time; none means that it holds until it is revoked.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenRequest(
    string? Name, [property: AllowedValues(Roles.Viewer, Roles.DutyOfficer, Roles.Administrator)] string? Role, [property: JsonConverter(typeof(TimeMember))] DateTimeOffset? ExpiresAt = null);

/// <summary>A token just issued; <c>Token</c> is the clear text, shown this once.</summary>
public sealed record IssuedToken(string Id, string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string Token);

/// <summary>A list and the place to go on from; <paramref name="Next"/> is null at the end.</summary>
public sealed record TokenPage(IReadOnlyList<AccessToken> Items, string? Next);

internal static class TokenEndpoints
{
    public const int NameCharactersMax = 80;

    private const int PageMax = 500;

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("identity");
        api.MapGet("/me", GetMe).RequireAuthorization(Roles.Viewer).WithName("GetMe").Produces<Me>();
        api.MapPost("/tickets", IssueTicket).RequireAuthorization(Roles.Viewer).WithName("IssueHubTicket").Produces<HubTicket>(StatusCodes.Status201Created);
        var tokens = api.MapGroup("/tokens").RequireAuthorization(Roles.Administrator);
        tokens.MapGet("", ListTokens).WithName("ListTokens").Produces<TokenPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        tokens.MapPost("", IssueToken).WithName("IssueToken").Produces<IssuedToken>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        tokens.MapDelete("/{id}", RevokeToken).WithName("RevokeToken").Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Ok<Me> GetMe(ClaimsPrincipal user, TokenBook tokens)
    {
        var id = user.FindFirstValue(ClaimTypes.NameIdentifier)!;
        var token = tokens.Find(id)!;
        return TypedResults.Ok(new Me(token.Id, token.Name, token.Role, token.ExpiresAt));
    }

    private static async Task<IResult> IssueTicket(ClaimsPrincipal user, HubTickets tickets, CancellationToken cancellation) =>
        TypedResults.Created((string?)null, await tickets.IssueAsync(user.FindFirstValue(ClaimTypes.NameIdentifier)!, cancellation));

    private static IResult ListTokens(HttpContext context, TokenBook tokens, string? after, int limit = 100)
    {
        if (limit < 1) return Problem.Of(context, StatusCodes.Status400BadRequest, "limit-out-of-range", limit, PageMax);
        limit = Math.Min(limit, PageMax);
        var all = tokens.All();
        var from = after is null ? 0 : all.TakeWhile(t => t.Id != after).Count() + 1;
        var page = all.Skip(from).Take(limit).ToList();
        return TypedResults.Ok(new TokenPage(page, from + page.Count < all.Count ? page[^1].Id : null));
    }

    private static IResult IssueToken(TokenRequest wish, TokenBook tokens, TimeProvider clock, HttpContext context)
    {
        var name = wish.Name?.Trim() ?? "";
        if (!TokenBook.IsLegible(name)) return Problem.Of(context, StatusCodes.Status400BadRequest, "token-name", NameCharactersMax);
        if (Legible.IsReserved(name)) return Problem.Of(context, StatusCodes.Status400BadRequest, "token-name-reserved", name);
        if (!Roles.TryParse(wish.Role?.ToLowerInvariant(), out var role)) return Problem.Of(context, StatusCodes.Status400BadRequest, "token-role");
        if (wish.ExpiresAt <= clock.GetUtcNow()) return Problem.Of(context, StatusCodes.Status400BadRequest, "token-expiry");
        if (tokens.IsTaken(name)) return Problem.Of(context, StatusCodes.Status409Conflict, "token-name-taken", name);
        if (tokens.IsFull) return Problem.Of(context, StatusCodes.Status409Conflict, "token-count", TokenBook.TokensMax);
        var (token, text) = tokens.Issue(name, role, wish.ExpiresAt);
        return TypedResults.Created((string?)null, new IssuedToken(token.Id, token.Name, token.Role, token.CreatedAt, token.ExpiresAt, text));
    }

    /// <summary>The last usable administrator's token cannot be revoked here: nobody could issue the next one from a browser.</summary>
    private static IResult RevokeToken(string id, TokenBook tokens, TimeProvider clock, HttpContext context)
    {
        var now = clock.GetUtcNow();
        if (tokens.Find(id) is not { RevokedAt: null } token) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
        if (token.Role == Role.Administrator && !tokens.All().Any(t => t.Id != id && t.Role == Role.Administrator && t.IsUsable(now)))
            return Problem.Of(context, StatusCodes.Status409Conflict, "last-administrator");
        tokens.Revoke(id);
        return TypedResults.NoContent();
    }
}
