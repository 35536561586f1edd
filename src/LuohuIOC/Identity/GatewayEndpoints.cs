using LuohuIOC.Http;
using Microsoft.AspNetCore.Mvc;

namespace LuohuIOC.Identity;

/// <summary>A gateway's right to connect, and whether it is there.</summary>
/// <param name="Gateway">Id, its MQTT user name.</param>
/// <param name="CreatedAt">When it got its first secret.</param>
/// <param name="RotatedAt">When its secret was last replaced, null while it is the first.</param>
/// <param name="DisabledAt">Since when it may not connect, null while it may.</param>
/// <param name="Online">Connected, and by its status topic not offline.</param>
/// <param name="OnlineSince">Since when it is that, or is not; null when this host has not heard of it since its start.</param>
public sealed record GatewayItem(
    string Gateway, DateTimeOffset CreatedAt, DateTimeOffset? RotatedAt, DateTimeOffset? DisabledAt, bool Online, DateTimeOffset? OnlineSince);

/// <summary>Gateways by id; <paramref name="Next"/> is null at the end.</summary>
public sealed record GatewayPage(IReadOnlyList<GatewayItem> Items, string? Next);

/// <summary>Who is connected, as far as the broker knows.</summary>
public interface IGatewayPresence
{
    bool IsOnline(string gateway);

    /// <summary>Since when it is that, or is not.</summary>
    DateTimeOffset? Since(string gateway);
}

/// <summary>A gateway's new secret: its MQTT password, shown this once; the MQTT user name is the gateway's id.</summary>
public sealed record IssuedSecret(string Gateway, string Secret);

internal static class GatewayEndpoints
{
    private const int PageMax = 1000;

    public static void MapGateways(this IEndpointRouteBuilder routes)
    {
        var gateways = routes.MapGroup("/api/v1/gateways").WithTags("identity");
        gateways.MapGet("", ListGateways).RequireAuthorization(Roles.Viewer).WithName("ListGateways")
            .Produces<GatewayPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        gateways.MapPost("/{id}/secret", RotateSecret).RequireAuthorization(Roles.Administrator).WithName("RotateGatewaySecret")
            .Produces<IssuedSecret>().ProducesProblem(StatusCodes.Status404NotFound);
        gateways.MapDelete("/{id}/secret", DisableSecret).RequireAuthorization(Roles.Administrator).WithName("DisableGatewaySecret")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult ListGateways(
        HttpContext context, GatewaySecrets secrets, [FromServices] IGatewayPresence? presence, string? after, int limit = 100)
    {
        if (limit < 1) return Problem.Of(context, StatusCodes.Status400BadRequest, "limit-out-of-range", limit, PageMax);
        limit = Math.Min(limit, PageMax);
        var rest = secrets.All().Where(g => after is null || string.CompareOrdinal(g.Gateway, after) > 0).Take(limit + 1).ToList();
        var page = rest.Take(limit).ToList();
        return TypedResults.Ok(new GatewayPage([.. page.Select(g => ItemOf(g, presence))], rest.Count > limit ? page[^1].Gateway : null));
    }

    private static GatewayItem ItemOf(GatewayCredential gateway, IGatewayPresence? presence) => new(
        gateway.Gateway, gateway.CreatedAt, gateway.RotatedAt, gateway.DisabledAt, presence?.IsOnline(gateway.Gateway) ?? false, presence?.Since(gateway.Gateway));

    private static async Task<IResult> RotateSecret(string id, GatewaySecrets secrets, HttpContext context) =>
        await secrets.RotateAsync(id, context.RequestAborted) is { } secret
            ? TypedResults.Ok(new IssuedSecret(id, secret))
            : Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);

    private static async Task<IResult> DisableSecret(string id, GatewaySecrets secrets, HttpContext context) =>
        await secrets.DisableAsync(id, context.RequestAborted)
            ? TypedResults.NoContent()
            : Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
}
