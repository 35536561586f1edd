using System.Text.Json;
using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using LuohuIOC.Texts;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// Of several hosts: asks the one where a sensor's grain lives what its detectors have found. The others have neither its boards nor its models,
/// and would call a detector that has watched for months one that warms up.
/// </summary>
internal sealed class DetectorsAbroad(IGrainFactory grains, IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<DetectorsAbroad> log)
{
    /// <summary>A host that died is declared dead after about as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions Json = Options();

    public bool IsShared => cluster.Value.IsShared;

    /// <summary>A view as it goes from host to host, and on to the caller as it is: one host writes it, no other has to understand it.</summary>
    public static byte[] Write(DetectorView view) => JsonSerializer.SerializeToUtf8Bytes(view, Json);

    /// <param name="sensor">The sensor.</param>
    /// <param name="here">The view of this host.</param>
    /// <param name="language">Of the texts.</param>
    public async Task<IResult> Of(Sensor sensor, DetectorView here, string language)
    {
        try
        {
            var view = await grains.GetGrain<ISensorGrain>(sensor.Id).Detector(language).AsTask().WaitAsync(Patience, time);
            return view is null ? Results.Ok(here) : Results.Bytes(view, "application/json; charset=utf-8");
        }
        catch (Exception e)
        {
            // Whatever is wrong there: an answer that says so is worth more than none.
            log.LogWarning("Sensor {Sensor}: what its detectors have found cannot be asked of the host where they are: {Cause}", sensor.Id, e.Message);
            return Results.Ok(Elsewhere(here, language));
        }
    }

    /// <summary>Thresholds and alerts are known on every host, what the detectors judged is not.</summary>
    internal static DetectorView Elsewhere(DetectorView here, string language)
    {
        var text = TextBook.Get(language, "detector.state.elsewhere");
        return here with
        {
            State = "elsewhere",
            StateText = text,
            Missing = null,
            Last = null,
            Streams = [.. here.Streams.Select(s => s with { State = "elsewhere", StateText = text, WarmUpLeft = null, Last = null, Rain = null, Unwatched = [] })],
        };
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        HttpJson.Configure(options);
        return options;
    }
}
