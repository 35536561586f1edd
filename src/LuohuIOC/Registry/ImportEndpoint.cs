using LuohuIOC.Http;
using LuohuIOC.Registry.Exchange;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Registry;

/// <summary>Import of a whole file into the registry.</summary>
internal static class ImportEndpoint
{
    private const int RefusalsShownMax = 1000;

    /// <summary>
    /// Adds and changes sensors from a body of <c>text/csv</c> or <c>application/geo+json</c> (or <c>application/json</c>), columns as in the
    /// export. <c>datum=gcj02</c> or <c>bd09</c> converts the coordinates, else they are WGS84. Faulty rows are refused with line, field and
    /// reason, the others are stored before the answer; the same file again changes nothing. Columns that are none of ours are passed over and named.
    /// </summary>
    public static async Task<IResult> ImportAsync(
        HttpContext context, RegistryChanges changes, IOptions<RegistryOptions> options, CancellationToken cancellationToken)
    {
        var bytesMax = options.Value.ImportBytesMax;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytesMax;
        if (context.Request.ContentLength > bytesMax) return Problem.Of(context, 413, "import-too-large", bytesMax);
        if (DatumOf(context.Request.Query["datum"].ToString()) is not { } datum)
            return new QueryFault("datum", context.Request.Query["datum"].ToString()).In(context);
        try
        {
            var body = context.Request.Body;
            var file = MediaTypeOf(context.Request) switch
            {
                SensorCsv.MediaType => await SensorCsv.ReadAsync(body, datum, cancellationToken),
                SensorGeoJson.MediaType or "application/json" => await SensorGeoJson.ReadAsync(body, datum, cancellationToken),
                _ => null,
            };
            if (file is null) return Problem.Of(context, 415, "import-media-type", context.Request.ContentType ?? "");
            var outcome = await changes.MakeAsync(registry => registry.Apply(file.Drafts), cancellationToken);
            return Results.Ok(ViewOf(outcome, file, TextBook.LanguageOf(context.Request)));
        }
        catch (ImportFileException e)
        {
            return Problem.Of(context, 400, e.Code, e.Value);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problem.Of(context, 413, "import-too-large", bytesMax);
        }
        catch (ChangeNotMadeException e)
        {
            return Problem.Of(context, 503, "registry-not-made", e.Message);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            return Problem.Of(context, 503, "registry-not-stored", e.Message);
        }
    }

    private static ImportView ViewOf(ImportOutcome outcome, ImportFile file, string language)
    {
        var refused = file.Refused.Concat(outcome.Refused).OrderBy(r => r.Line).ToList();
        var shown = refused.Take(RefusalsShownMax)
            .Select(r => new RefusalView(r.Line, r.Id, r.Field, r.Code, TextBook.Get(language, $"registry.refused.{r.Code}", r.Value)));
        return new ImportView(outcome.Added, outcome.Changed, outcome.Unchanged, refused.Select(r => r.Line).Distinct().Count(), [.. shown], file.Ignored);
    }

    private static string? MediaTypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;

    private static FileDatum? DatumOf(string text) => text.ToLowerInvariant() switch
    {
        "" or "wgs84" => FileDatum.Wgs84,
        "gcj02" => FileDatum.Gcj02,
        "bd09" => FileDatum.Bd09,
        _ => null,
    };
}
