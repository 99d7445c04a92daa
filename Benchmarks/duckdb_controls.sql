-- The same controls in SQL: presence, format and value of each cell, uniqueness, the OF list, dates.
CREATE TABLE lignes AS
SELECT row_number() OVER () + 1 AS ligne,
       upper(regexp_replace(NDA, '\s', '', 'g')) AS nda, regexp_replace(SIREN, '\s', '', 'g') AS siren,
       actionsDeFormation AS c1, bilansDeCompetences AS c2, VAE AS c3, actionsDeFormationParApprentissage AS c4,
       dateDecisionCertif AS decision, dateFinValiditeCertif AS fin
FROM read_csv('{deposit}', delim = ';', header = true, all_varchar = true);
CREATE TABLE liste AS SELECT NDA AS nda, SIREN AS siren FROM read_csv('{reference}', delim = ';', header = true, all_varchar = true);

CREATE TABLE anomalies AS
SELECT ligne, unnest(list_filter([
    CASE WHEN coalesce(nda, '') = '' THEN 'nda.obligatoire' WHEN NOT regexp_full_match(nda, '[0-9A-Z]{11}') THEN 'nda.format' END,
    CASE WHEN coalesce(siren, '') = '' THEN 'siren.obligatoire' WHEN NOT regexp_full_match(siren, '[0-9]{9}') THEN 'siren.format' END,
    CASE WHEN coalesce(c1, '') = '' THEN 'actionsDeFormation.obligatoire' WHEN c1 NOT IN ('OUI', 'NON') THEN 'actionsDeFormation.valeur' END,
    CASE WHEN coalesce(c2, '') = '' THEN 'bilansDeCompetences.obligatoire' WHEN c2 NOT IN ('OUI', 'NON') THEN 'bilansDeCompetences.valeur' END,
    CASE WHEN coalesce(c3, '') = '' THEN 'vae.obligatoire' WHEN c3 NOT IN ('OUI', 'NON') THEN 'vae.valeur' END,
    CASE WHEN coalesce(c4, '') = '' THEN 'apprentissage.obligatoire' WHEN c4 NOT IN ('OUI', 'NON') THEN 'apprentissage.valeur' END,
    CASE WHEN 'OUI' NOT IN (c1, c2, c3, c4) THEN 'organisme.certification' END,
    CASE WHEN coalesce(decision, '') = '' THEN 'decision.obligatoire' WHEN d1 IS NULL THEN 'decision.format'
         WHEN d1 > current_date THEN 'decision.future' WHEN d1 <= current_date - INTERVAL 10 YEAR THEN 'decision.anciennete' END,
    CASE WHEN coalesce(fin, '') = '' THEN 'fin.obligatoire' WHEN d2 IS NULL THEN 'fin.format'
         WHEN d2 <= current_date THEN 'fin.echue' WHEN d2 >= current_date + INTERVAL 10 YEAR THEN 'fin.horizon' END,
    CASE WHEN n > 1 THEN 'nda.unique' END,
    CASE WHEN connu IS NULL THEN 'nda.inconnu' WHEN connu <> siren THEN 'siren.inconnu' END
], lambda x: x IS NOT NULL)) AS regle
FROM (SELECT l.*, try_strptime(decision, '%d/%m/%Y') AS d1, try_strptime(fin, '%d/%m/%Y') AS d2,
             row_number() OVER (PARTITION BY l.nda ORDER BY ligne) AS n, r.siren AS connu
      FROM lignes l LEFT JOIN liste r ON l.nda = r.nda);
SELECT count(*) FROM lignes UNION ALL SELECT count(*) FROM anomalies;
