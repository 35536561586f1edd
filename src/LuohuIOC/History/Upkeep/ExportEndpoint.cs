using System.Globalization;
using LuohuIOC.Http;

namespace LuohuIOC.History.Upkeep;

/// <summary>An administrator has a day written to Parquet.</summary>
internal static class ExportEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/history/export", WriteAsync).RequireAuthorization("administrator").WithTags("readings").WithName("ExportHistory").Produces<DayExport>()
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);

    private static async Task<IResult> WriteAsync(HttpContext context, ParquetExport export, ILogger<ParquetExport> log, string? day)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var wanted))
            return Problem.Of(context, StatusCodes.Status400BadRequest, "history-day", day);
        try
        {
            return await export.WriteAsync(wanted, context.RequestAborted) is { } written
                ? Results.Ok(written)
                : Problem.Of(context, StatusCodes.Status409Conflict, "history-day-empty", day);
        }
        catch (Exception e) when (e is HistoryUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            log.LogError("Export of {Day}: {Cause}", wanted, e.Message);
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "history-export-failed", day);
        }
    }
}
