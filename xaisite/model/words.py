"""The words that pages put into a body themselves, in the languages that are known here.

English is the key and what stands where a language or a word is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

_GERMAN: Mapping[str, str] = {
    "Figure": "Abbildung", "Table": "Tabelle", "Section": "Abschnitt", "Equation": "Gleichung", "Listing": "Listing",
    "Theorem": "Satz", "Lemma": "Lemma", "Corollary": "Korollar", "Proposition": "Proposition",
    "Conjecture": "Vermutung", "Remark": "Bemerkung", "Algorithm": "Algorithmus", "Axiom": "Axiom",
    "Assumption": "Annahme", "Proof": "Beweis", "Solution": "Lösung", "See also": "Siehe auch",
    "Definition": "Definition", "Example": "Beispiel", "Exercise": "Aufgabe", "Cell": "Zelle", "Note": "Hinweis",
    "Tip": "Tipp", "Warning": "Warnung", "Important": "Wichtig", "Caution": "Vorsicht", "References": "Literatur",
    "Notes": "Anmerkungen", "Cited in": "Zitiert in", "Back to reference": "Zurück zur Stelle", "Code": "Code",
    "How this was made": "Wie das entstand", "Answer": "Antwort", "Guess first": "Erst raten",
    "Details": "Einzelheiten",
    "A negative result": "Ein negatives Ergebnis", "Tried": "Versucht", "Seed": "Startwert", "Formula": "Formel",
    "Link to this section": "Link zu diesem Abschnitt", "done": "erledigt", "to do": "zu erledigen",
    "from": "aus", "and": "und",
    "Data of the figure": "Daten der Abbildung", "Play": "Abspielen", "Inputs": "Eingaben", "Versions": "Versionen",
    "Device": "Gerät", "Ran under": "Lief unter",
}  # fmt: skip
_FRENCH: Mapping[str, str] = {
    "Figure": "Figure", "Table": "Tableau", "Section": "Section", "Equation": "Équation", "Listing": "Listing",
    "Theorem": "Théorème", "Lemma": "Lemme", "Corollary": "Corollaire", "Proposition": "Proposition",
    "Conjecture": "Conjecture", "Remark": "Remarque", "Algorithm": "Algorithme", "Axiom": "Axiome",
    "Assumption": "Hypothèse", "Proof": "Démonstration", "Solution": "Solution", "See also": "Voir aussi",
    "Definition": "Définition", "Example": "Exemple", "Exercise": "Exercice", "Cell": "Cellule", "Note": "Note",
    "Tip": "Conseil", "Warning": "Avertissement", "Important": "Important", "Caution": "Attention",
    "References": "Références", "Notes": "Notes", "Cited in": "Cité en", "Back to reference": "Retour à l’appel",
    "Code": "Code", "How this was made": "Comment c’est fait", "Answer": "Réponse", "Guess first": "Devinez d’abord",
    "Details": "Détails", "A negative result": "Un résultat négatif", "Tried": "Essayé", "Seed": "Graine",
    "Formula": "Formule", "Link to this section": "Lien vers cette section", "done": "fait", "to do": "à faire",
    "from": "tirée de", "and": "et", "Data of the figure": "Données de la figure", "Play": "Lire", "Inputs": "Entrées",
    "Versions": "Versions", "Device": "Appareil", "Ran under": "Exécuté sous",
}  # fmt: skip
_SPANISH: Mapping[str, str] = {
    "Figure": "Figura", "Table": "Tabla", "Section": "Sección", "Equation": "Ecuación", "Listing": "Listado",
    "Theorem": "Teorema", "Lemma": "Lema", "Corollary": "Corolario", "Proposition": "Proposición",
    "Conjecture": "Conjetura", "Remark": "Observación", "Algorithm": "Algoritmo", "Axiom": "Axioma",
    "Assumption": "Supuesto", "Proof": "Demostración", "Solution": "Solución", "See also": "Véase también",
    "Definition": "Definición", "Example": "Ejemplo", "Exercise": "Ejercicio", "Cell": "Celda", "Note": "Nota",
    "Tip": "Consejo", "Warning": "Advertencia", "Important": "Importante", "Caution": "Precaución",
    "References": "Referencias", "Notes": "Notas", "Cited in": "Citado en", "Back to reference": "Volver a la llamada",
    "Code": "Código", "How this was made": "Cómo se hizo", "Answer": "Respuesta", "Guess first": "Adivine primero",
    "Details": "Detalles", "A negative result": "Un resultado negativo", "Tried": "Probado", "Seed": "Semilla",
    "Formula": "Fórmula", "Link to this section": "Enlace a esta sección", "done": "hecho", "to do": "por hacer",
    "from": "de", "and": "y", "Data of the figure": "Datos de la figura", "Play": "Reproducir", "Inputs": "Entradas",
    "Versions": "Versiones", "Device": "Dispositivo", "Ran under": "Ejecutado bajo",
}  # fmt: skip
LANGUAGES: Mapping[str, Mapping[str, str]] = {"de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
"""By the first part of a language tag: `de` for `de-CH`."""


def word(language: str, english: str) -> str:
    """Return a word of the interface in ``language``, or the English one."""
    return LANGUAGES.get(language.partition("-")[0].lower(), {}).get(english, english)
