using LuohuIOC.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LuohuIOC.Identity;

/// <summary>Gateways by id; <paramref name="Next"/> is null at the end.</summary>
public sealed record GatewayPage(IReadOnlyList<GatewayCredential> Items, string? Next);

/// <summary>A gateway's new secret: its MQTT password, shown this once; the MQTT user name is the gateway's id.</summary>
public sealed record IssuedSecret(string Gateway, string Secret);

internal static class GatewayEndpoints
{
    private const int PageMax = 1000;

    public static void MapGateways(this IEndpointRouteBuilder routes)
    {
        var gateways = routes.MapGroup("/api/v1/gateways").WithTags("identity");
        gateways.MapGet("", ListGateways).RequireAuthorization(Roles.Viewer).WithName("ListGateways");
        gateways.MapPost("/{id}/secret", RotateSecret).RequireAuthorization(Roles.Administrator).WithName("RotateGatewaySecret")
            .Produces<IssuedSecret>().ProducesProblem(StatusCodes.Status404NotFound);
        gateways.MapDelete("/{id}/secret", DisableSecret).RequireAuthorization(Roles.Administrator).WithName("DisableGatewaySecret")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<GatewayPage> ListGateways(GatewaySecrets secrets, string? after, int limit = 100)
    {
        limit = Math.Clamp(limit, 1, PageMax);
        var rest = secrets.All().Where(g => after is null || string.CompareOrdinal(g.Gateway, after) > 0).Take(limit + 1).ToList();
        var page = rest.Take(limit).ToList();
        return TypedResults.Ok(new GatewayPage(page, rest.Count > limit ? page[^1].Gateway : null));
    }

    private static async Task<IResult> RotateSecret(string id, GatewaySecrets secrets, HttpContext context) =>
        await secrets.RotateAsync(id, context.RequestAborted) is { } secret
            ? TypedResults.Ok(new IssuedSecret(id, secret))
            : Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);

    private static async Task<IResult> DisableSecret(string id, GatewaySecrets secrets, HttpContext context) =>
        await secrets.DisableAsync(id, context.RequestAborted)
            ? TypedResults.NoContent()
            : Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
}
