using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.Detection.Nowcast;

/// <summary>The stored form of a model: UTF-8 JSON, <c>{"format":2,"model":{…}}</c>, members as in <see cref="NowcastModel"/> in camel case.</summary>
public static class NowcastModelFile
{
    /// <summary>What <see cref="Write"/> writes.</summary>
    public const int Format = 2;

    public static byte[] Write(NowcastModel model) => JsonSerializer.SerializeToUtf8Bytes(new Envelope(Format, model), NowcastModelJson.Default.Envelope);

    /// <summary>Reads and checks; throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public static NowcastModel Read(ReadOnlySpan<byte> file)
    {
        Envelope? envelope;
        try
        {
            envelope = JsonSerializer.Deserialize(file, NowcastModelJson.Default.Envelope);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Nowcast model: not a model file ({e.Message}).", e);
        }
        if (envelope is null) throw new InvalidDataException("Nowcast model: the file is empty.");
        if (envelope.Format != Format)
            throw new InvalidDataException($"Nowcast model: format {envelope.Format}, this program reads {Format}. Run a newer version or train again.");
        return envelope.Model.Checked();
    }

    internal sealed record Envelope(int Format, NowcastModel Model);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NowcastModelFile.Envelope))]
internal sealed partial class NowcastModelJson : JsonSerializerContext;
