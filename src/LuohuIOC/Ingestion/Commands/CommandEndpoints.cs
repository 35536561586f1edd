using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using LuohuIOC.Http;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>What an officer sends.</summary>
/// <param name="Name">Lower snake case, for example <c>report_now</c>.</param>
/// <param name="Arguments">A JSON object of at most 4 KiB, or nothing.</param>
/// <param name="ExpiresInSeconds">1 to 86,400; 300 when not given.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CommandRequest(string? Name, JsonElement? Arguments = null, int? ExpiresInSeconds = null);

/// <summary>A command as the API shows it.</summary>
public sealed record CommandView(
    string Id, string SensorId, string Name, JsonElement? Arguments, string IssuedBy, DateTimeOffset IssuedAt, DateTimeOffset Expires,
    string State, string StateText, string? Detail, DateTimeOffset? RepliedAt, bool GatewayOnline);

/// <param name="Items">Newest first.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null at the end.</param>
public sealed record CommandPage(IReadOnlyList<CommandView> Items, string? Next);

internal static partial class CommandEndpoints
{
    private const int LimitMax = 1_000;
    private const int ArgumentsBytesMax = 4096;
    private const int ExpiresSecondsDefault = 300;
    private const int ExpiresSecondsMax = 86_400;

    public static void MapCommands(this IEndpointRouteBuilder app)
    {
        var commands = app.MapGroup("/api/v1/sensors/{id}/commands").WithTags("commands");
        commands.MapGet("", List).RequireAuthorization("viewer").WithName("ListCommands").Produces<CommandPage>().ProducesProblem(400).ProducesProblem(404);
        commands.MapPost("", Send).RequireAuthorization("duty-officer").WithName("SendCommand").Produces<CommandView>(StatusCodes.Status202Accepted)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(503);
    }

    private static IResult List(string id, HttpContext context, SensorRegistry registry, CommandBook book, GatewayBoard gateways, long? after, int limit = 50)
    {
        if (limit < 1) return Problem.Of(context, StatusCodes.Status400BadRequest, "limit-out-of-range", limit, LimitMax);
        if (!registry.TryFind(id, out _)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        var (commands, next) = book.Of(id, Math.Min(limit, LimitMax), after);
        return Results.Ok(new CommandPage([.. commands.Select(c => View(c, gateways, language))], next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> Send(
        string id, CommandRequest request, HttpContext context, SensorRegistry registry, CommandBook book, CommandPublisher publisher,
        WaitingCommands waiting, GatewayBoard gateways, TimeProvider time)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
        if (sensor.IsRetired(time.GetUtcNow())) return Problem.Of(context, StatusCodes.Status409Conflict, "command-retired", id);
        if (request.Name is null || !NamePattern().IsMatch(request.Name)) return Problem.Of(context, 400, "command-name", request.Name);
        var seconds = request.ExpiresInSeconds ?? ExpiresSecondsDefault;
        if (seconds is < 1 or > ExpiresSecondsMax) return Problem.Of(context, 400, "command-expires", seconds, ExpiresSecondsMax);
        var arguments = request.Arguments is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given : (JsonElement?)null;
        if (arguments is { } a && (a.ValueKind != JsonValueKind.Object || a.GetRawText().Length > ArgumentsBytesMax))
            return Problem.Of(context, 400, "command-arguments", ArgumentsBytesMax);
        if (CommandArguments.FaultOf(request.Name, arguments) is { } fault) return Problem.Of(context, 400, fault, request.Name);
        var now = time.GetUtcNow();
        var command = new DeviceCommand(
            $"c-{now:yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}", id, sensor.Gateway, request.Name, arguments,
            context.User.Identity?.Name ?? "?", now, now.AddSeconds(seconds),
            publisher.MustWait(sensor) ? CommandState.Waiting : CommandState.Sent, null, null);
        // Written down first: a reply may be faster than this request.
        book.Add(command);
        if (command.State is CommandState.Waiting) waiting.LookIfHere(command);
        else if (!await publisher.PublishAsync(command, context.RequestAborted))
        {
            book.Reply(command.Gateway, id, new CommandReply(command.Id, CommandState.Failed, null));
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "command-broker-away");
        }
        return Results.Accepted($"/api/v1/sensors/{id}/commands", View(command, gateways, TextBook.LanguageOf(context.Request)));
    }

    private static CommandView View(DeviceCommand command, GatewayBoard gateways, string language)
    {
        var state = JsonNamingPolicy.CamelCase.ConvertName(command.State.ToString());
        return new CommandView(
            command.Id, command.Sensor, command.Name, command.Arguments, command.IssuedBy, command.IssuedAt, command.Expires, state,
            TextBook.Get(language, $"command.{state}"), command.Detail, command.RepliedAt,
            gateways.IsOnline(command.Gateway));
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,63}$")]
    private static partial Regex NamePattern();
}
