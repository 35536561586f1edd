using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.Detection;

/// <summary>
/// The stored form of a model: UTF-8 JSON, <c>{"format":1,"model":{…}}</c>, members as in <see cref="PcaModel"/> in camel case.
/// A later program reads every format before its own; members that a format does not know are passed over.
/// </summary>
public static class PcaModelFile
{
    /// <summary>What <see cref="Write"/> writes.</summary>
    public const int Format = 1;

    public static byte[] Write(PcaModel model) => JsonSerializer.SerializeToUtf8Bytes(new Envelope(Format, model), PcaModelJson.Default.Envelope);

    /// <summary>Reads and checks; throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public static PcaModel Read(ReadOnlySpan<byte> file)
    {
        Envelope? envelope;
        try
        {
            envelope = JsonSerializer.Deserialize(file, PcaModelJson.Default.Envelope);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"PCA model: not a model file ({e.Message}).", e);
        }
        if (envelope is null) throw new InvalidDataException("PCA model: the file is empty.");
        if (envelope.Format is < 1 or > Format)
            throw new InvalidDataException($"PCA model: format {envelope.Format}, this program reads 1 to {Format}. Run a newer version or train again.");
        return envelope.Model.Checked();
    }

    internal sealed record Envelope(int Format, PcaModel Model);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PcaModelFile.Envelope))]
internal sealed partial class PcaModelJson : JsonSerializerContext;
